using System.Text;
using Kip.Resources;
using Kip.Runtime.Processes;
using Shouldly;

namespace Kip.Tests.Runtime.Processes;

public sealed class ProcessSpawnerTests : IDisposable
{
    private readonly ProcessSpawner _spawner = new(TimeProvider.System);

    public void Dispose() => _spawner.Dispose();

    private static ProcessStart Shell(string script, string folder = "/") => new()
    {
        Program = "/bin/sh", Arguments = ["sh", "-c", script], WorkingDirectory = folder,
        Environment = StringMap.Of(("PATH", "/usr/bin:/bin"), ("GREETING", "grüß dich")),
    };

    private async Task<(ProcessExit Exit, string Out, string Error)> RunAsync(ProcessStart start)
    {
        var output = new Collected();
        var process = _spawner.Start(start, output);
        await output.Complete.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        return (
            await process.Exited.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken), output.Of(OutputStream.Stdout),
            output.Of(OutputStream.Stderr));
    }

    [Fact]
    public async Task A_program_gets_its_arguments_environment_and_folder_and_its_outputs_are_told_apart()
    {
        var (exit, text, error) = await RunAsync(Shell("echo $GREETING; pwd; echo bad >&2; cat; exit 5", "/usr"));

        (exit.Code, exit.Signal).ShouldBe((5, 0));
        text.ShouldBe("grüß dich\n/usr\n");
        error.ShouldBe("bad\n");
    }

    [Fact]
    public async Task It_inherits_no_descriptor_leads_its_own_session_and_ignores_no_signal()
    {
        var (_, text, _) = await RunAsync(Shell("ls /proc/self/fd | wc -w; cut -d' ' -f5,6 /proc/$$/stat; echo $$; grep -E 'Sig(Ign|Blk)' /proc/self/status"));

        var lines = text.Split('\n');
        // 0, 1, 2, and the one ls reads the folder by.
        lines[0].ShouldBe("4");
        lines[1].ShouldBe($"{lines[2]} {lines[2]}");
        lines[3].ShouldEndWith("0000000000000000");
        lines[4].ShouldEndWith("0000000000000000");
    }

    [Fact]
    public async Task Its_end_by_a_signal_is_seen_and_takes_its_children_along()
    {
        var output = new Collected();
        var process = _spawner.Start(Shell("sleep 1000 & echo $!; wait; wait"), output);
        var child = int.Parse(await output.FirstLine.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));

        // To the first process only, as when it crashes.
        _ = LibC.Kill(process.Pid, LibC.SigKill);
        var exit = await process.Exited.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        (exit.Code, exit.Signal).ShouldBe((137, 9));
        await output.Complete.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        // A process closes its files a moment before it counts as ended.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (Kip.Runtime.Recovery.ProcessTable.Read(child) is not null) await Task.Delay(1, patience.Token);
        process.Terminate();
    }

    [Fact]
    public async Task Many_at_once_are_all_seen_to_end()
    {
        var exits = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => RunAsync(Shell($"echo {i}; exit {i}"))));

        exits.Select(static e => e.Exit.Code).ShouldBe(Enumerable.Range(0, 100));
        exits.Select(static e => e.Out).ShouldBe(Enumerable.Range(0, 100).Select(static i => $"{i}\n"));
    }

    [Fact]
    public void What_cannot_be_started_is_said()
    {
        Should.Throw<ProcessStartException>(() => _spawner.Start(Shell("") with { Program = "/no/such" })).Message.ShouldContain("/no/such: not found");
        Should.Throw<ProcessStartException>(
            () => _spawner.Start(Shell("") with { Program = "/etc/passwd" }, new Collected())).Message.ShouldContain("permission denied");
        Should.Throw<ProcessStartException>(() => _spawner.Start(Shell("", "/no/such"))).Message.ShouldContain("working directory /no/such does not exist");
    }

    private sealed class Collected : IProcessOutput
    {
        private readonly MemoryStream[] _streams = [new(), new()];
        private int _open = 2;

        public TaskCompletionSource Complete { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<string> FirstLine { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Of(OutputStream stream) => Encoding.UTF8.GetString(_streams[(int)stream].ToArray());

        public void Write(OutputStream stream, ReadOnlySpan<byte> bytes)
        {
            _streams[(int)stream].Write(bytes);
            if (Of(stream).Split('\n') is [var first, _, ..]) FirstLine.TrySetResult(first);
        }

        public void End(OutputStream stream)
        {
            if (--_open == 0) Complete.TrySetResult();
        }
    }
}
