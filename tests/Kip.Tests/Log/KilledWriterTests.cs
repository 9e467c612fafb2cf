using System.Diagnostics;
using System.Globalization;
using Kip.Log;
using Shouldly;

namespace Kip.Tests.Log;

public class KilledWriterTests
{
    [Fact]
    public async Task What_a_killed_process_had_acknowledged_is_there()
    {
        var folder = Directory.CreateTempSubdirectory("kip-log-").FullName;
        try
        {
            var random = new Random();
            for (var i = 0; i < 6; i++)
            {
                var acknowledged = await WriteUntilKilled(folder, acknowledgements: random.Next(1, 2000));

                await using var log = DurableLog.Open(folder, KilledWriter.Options);
                log.Recovered.Damaged.ShouldBeEmpty();
                log.LastSequence.ShouldBeGreaterThanOrEqualTo(acknowledged);
                KilledWriter.Check(log);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Starts a writer, kills it after it has acknowledged so many, and gives the newest sequence it acknowledged.
    private static async Task<ulong> WriteUntilKilled(string folder, int acknowledgements)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet")
        {
            start.ArgumentList.Add(typeof(KilledWriterTests).Assembly.Location);
        }

        start.Environment[KilledWriter.Variable] = folder;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var process = Process.Start(start)!;
        using var end = patience.Token.Register(process.Kill);
        var newest = 0UL;
        for (var lines = 0; await process.StandardOutput.ReadLineAsync() is { } line; lines++)
        {
            // A last line without its end may be half a number.
            if (line.EndsWith('.'))
            {
                newest = Math.Max(newest, ulong.Parse(line[..^1], CultureInfo.InvariantCulture));
            }

            if (lines == acknowledgements)
            {
                process.Kill();
            }
        }

        await process.WaitForExitAsync();
        patience.IsCancellationRequested.ShouldBeFalse("it wrote too little");
        process.ExitCode.ShouldBe(137, "it was killed, and did not end by itself");
        newest.ShouldBeGreaterThan(0UL);
        return newest;
    }
}

/// <summary>The process that is killed: this program run again with a folder named in the environment writes there without end.</summary>
internal static class KilledWriter
{
    internal const string Variable = "KIP_TEST_LOG_WRITER";

    internal static LogOptions Options { get; } = new() { SegmentBytes = 256 << 10 };

    /// <summary>Every record is what its content says: a number, and bytes that follow from it.</summary>
    internal static void Check(DurableLog log)
    {
        using var reader = log.Read();
        for (var expected = 1UL; expected <= log.DurableSequence; expected++)
        {
            reader.TryRead(out var record).ShouldBeTrue();
            record.Sequence.ShouldBe(expected);
            var seed = BitConverter.ToInt32(record.Payload.Span);
            record.Payload.ToArray().ShouldBe(Content(seed));
        }
    }

    internal static async Task WriteForever(string folder)
    {
        var log = DurableLog.Open(folder, Options);
        using var output = Console.OpenStandardOutput();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            await Task.Yield();
            for (var i = 0; ; i++)
            {
                var sequence = await log.AppendDurableAsync(Content((writer << 20) + i));
                var line = System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{sequence}.\n"));
                lock (output)
                {
                    output.Write(line);
                }
            }
        }));
    }

    private static byte[] Content(int seed)
    {
        var random = new Random(seed);
        var bytes = new byte[4 + random.Next(2000)];
        random.NextBytes(bytes);
        BitConverter.TryWriteBytes(bytes, seed);
        return bytes;
    }
}
