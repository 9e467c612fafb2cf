using System.Text;
using Kip.Client.Pods;
using Kip.Runtime.Logs;
using Kip.Runtime.Processes;
using Kip.Testing.Time;
using Kip.Tests.Runtime.Pods;
using Shouldly;

namespace Kip.Tests.Runtime.Logs;

public sealed class ContainerLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kip-logs-").FullName;
    private readonly ManualTimeProvider _time = new(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ContainerLog Open(int maxBytes = ContainerLog.DefaultMaxBytes) => new(Path.Combine(_folder, "0.log"), _time, maxBytes);

    private static void Write(ContainerLog log, string text, OutputStream stream = OutputStream.Stdout) => log.Write(stream, Encoding.UTF8.GetBytes(text));

    private static async Task<string> ReadAsync(ContainerLog log, PodLogOptions? options = null)
    {
        using var text = new MemoryStream();
        await new LogCopy(log, options ?? new(), text).RunAsync(CancellationToken.None);
        return Encoding.UTF8.GetString(text.ToArray());
    }

    [Fact]
    public async Task Lines_of_both_outputs_stay_whole_however_they_arrive()
    {
        var log = Open();
        Write(log, "on");
        Write(log, "error\n", OutputStream.Stderr);
        Write(log, "e\ntwo\n");

        (await ReadAsync(log)).ShouldBe("error\none\ntwo\n");
        (await File.ReadAllTextAsync(log.Path, TestContext.Current.CancellationToken))
            .ShouldStartWith("2026-01-31T12:00:00.000000000Z stderr F error\n2026-01-31T12:00:00.000000000Z stdout F one\n");
    }

    [Fact]
    public async Task A_line_longer_than_a_record_is_joined_again_and_a_last_line_without_end_is_kept()
    {
        var log = Open();
        var line = new string('x', 40_000);
        Write(log, line + "\nend");
        log.End(OutputStream.Stdout);

        (await ReadAsync(log)).ShouldBe(line + "\nend");
        (await ReadAsync(log, new PodLogOptions { Timestamps = true })).ShouldStartWith("2026-01-31T12:00:00.000000000Z xxx");
        (await ReadAsync(log, new PodLogOptions { TailLines = 1 })).ShouldEndWith("end");
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "3\n")]
    [InlineData(2, "2\n3\n")]
    [InlineData(9, "1\n2\n3\n")]
    public async Task The_tail_is_so_many_lines(int lines, string expected)
    {
        var log = Open();
        Write(log, "1\n2\n3\n");

        (await ReadAsync(log, new PodLogOptions { TailLines = lines })).ShouldBe(expected);
    }

    [Fact]
    public async Task Lines_since_a_time_and_up_to_a_size()
    {
        var log = Open();
        Write(log, "early\n");
        _time.Advance(TimeSpan.FromSeconds(10));
        Write(log, "late\nlater\n");

        (await ReadAsync(log, new PodLogOptions { SinceTime = _time.GetUtcNow() })).ShouldBe("late\nlater\n");
        (await ReadAsync(log, new PodLogOptions { LimitBytes = 7 })).ShouldBe("early\nl");
    }

    [Fact]
    public async Task A_full_file_is_replaced_and_one_older_kept()
    {
        var log = Open(maxBytes: 1000);
        for (var i = 0; i < 100; i++) Write(log, $"line {i:000}\n");

        var kept = await ReadAsync(log);

        kept.ShouldEndWith("line 099\n");
        kept.ShouldNotContain("line 000");
        var lines = kept.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.ShouldBe(Enumerable.Range(100 - lines.Length, lines.Length).Select(static i => $"line {i:000}"));
        new FileInfo(log.Path).Length.ShouldBeLessThanOrEqualTo(1000);
        new FileInfo(log.OlderPath).Length.ShouldBeLessThanOrEqualTo(1000);
    }

    [Fact]
    public async Task A_follower_sees_every_line_across_files_until_the_end()
    {
        var log = Open(maxBytes: 20_000);
        Write(log, "first\n");
        using var follower = new UntilText("line 00999\n");
        var following = new LogCopy(log, new PodLogOptions { Follow = true }, follower).RunAsync(TestContext.Current.CancellationToken);

        for (var i = 0; i < 1000; i++)
        {
            // As far ahead of its reader as one file reaches; beyond the second a reader loses lines, as with the kubelet.
            if (i % 100 == 99) await UntilSeenAsync(follower, $"line {i - 1:00000}\n");
            Write(log, $"line {i:00000}\n");
        }
        log.End(OutputStream.Stdout);
        log.End(OutputStream.Stderr);
        await following.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        follower.Text.ShouldBe("first\n" + string.Concat(Enumerable.Range(0, 1000).Select(static i => $"line {i:00000}\n")));
    }

    [Fact]
    public async Task Damage_at_the_end_of_a_file_is_passed_over()
    {
        var log = Open();
        Write(log, "good\n");
        log.Abandon();
        await File.AppendAllTextAsync(log.Path, "2026-01-31T12:0\n\0\0\0\n", TestContext.Current.CancellationToken);

        (await ReadAsync(ContainerLog.Finished(log.Path, _time))).ShouldBe("good\n");
    }

    [Fact]
    public void The_end_is_at_most_eighty_lines()
    {
        var log = Open();
        for (var i = 0; i < 200; i++) Write(log, $"line {i}\n");

        LogEnd.Read(log).ShouldBe(string.Concat(Enumerable.Range(120, 80).Select(static i => $"line {i}\n")));

        Write(log, "and this");
        log.End(OutputStream.Stdout);
        LogEnd.Read(log).ShouldBe(string.Concat(Enumerable.Range(121, 79).Select(static i => $"line {i}\n")) + "and this");
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("\n", 1)]
    [InlineData("\n", 1500)]
    [InlineData("", 30_000)]
    [InlineData("\n", 30_000)]
    public void The_end_is_at_most_2048_bytes_of_whole_characters(string newline, int characters)
    {
        var log = Open();
        var text = string.Concat(Enumerable.Repeat("ü", characters)) + newline;
        Write(log, text);
        log.End(OutputStream.Stdout);

        LogEnd.Read(log).ShouldBe(characters == 0 ? null : text[^Math.Min(text.Length, 1024)..]);
    }

    [Fact]
    public void The_end_goes_back_into_the_older_file()
    {
        var log = Open(maxBytes: 1000);
        for (var i = 0; i < 30; i++) Write(log, $"line {i:000}\n");

        var end = LogEnd.Read(log).ShouldNotBeNull();

        new FileInfo(log.OlderPath).Exists.ShouldBeTrue();
        end.Split('\n').Length.ShouldBe(File.ReadAllLines(log.OlderPath).Length + File.ReadAllLines(log.Path).Length + 1);
        end.ShouldEndWith("line 028\nline 029\n");
    }

    [Fact]
    public void A_log_without_text_has_no_end() => LogEnd.Read(ContainerLog.Finished(Path.Combine(_folder, "none.log"), _time)).ShouldBeNull();

    private static async Task UntilSeenAsync(UntilText follower, string text)
    {
        var limit = DateTime.UtcNow.AddSeconds(60);
        while (!follower.Text.Contains(text))
        {
            (DateTime.UtcNow < limit).ShouldBeTrue("the follower stands still");
            await Task.Yield();
        }
    }
}
