using Kip.Host.Platform;
using Kip.Testing.Programs;

namespace Kip.Bench.Idle;

/// <summary>Memory of a platform that does nothing, and of services that sleep.</summary>
internal static class IdleBench
{
    private const int Step = 100;
    private const int Steps = 10;

    // Long enough for the runtime to give back what starting up took; nothing is waited for, so it is a time.
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(15);

    // The store forgets the past after 75 s, and what was freed is given back in the next quiet half minute.
    private static readonly TimeSpan SettleAfterWork = TimeSpan.FromSeconds(150);

    public static async Task<int> RunAsync()
    {
        var report = new Report("idle");
        await using var kip = await KipProgram.StartAsync();
        await Task.Delay(Settle);
        var empty = ResidentMemory.Megabytes(kip.ProcessId);
        report.Figure("idle_rss_mb", empty);

        var image = await HelloBundle.BuildAsync(kip);
        using var resources = BenchConnection.Open(kip);
        for (var step = 1; step <= Steps; step++)
        {
            await SleepingServices.ApplyAsync(resources.Resources, "idle", (step - 1) * Step, Step, image, CancellationToken.None);
            report.Figure($"idle_rss_mb_{step * Step}_services", ResidentMemory.Megabytes(kip.ProcessId));
        }
        await Task.Delay(SettleAfterWork);
        var full = ResidentMemory.Megabytes(kip.ProcessId);
        report.Note($"{Step * Steps} sleeping services; per service: growth of the resident set over the empty platform, garbage included");
        report.Figure("idle_rss_mb_settled", full);
        report.Figure("idle_service_kb", (full - empty) * 1024 / (Step * Steps));
        await report.AppendAsync();
        return 0;
    }
}
