using Kip.Testing.Chaos;
using Kip.Testing.Programs;

namespace Kip.Bench.Chaos;

/// <summary>200 requests a second through minutes of rollouts, scalings, changes of configuration and dying pods: none may fail.</summary>
internal static class ChaosBench
{
    public static async Task<int> RunAsync(double minutes, int seed)
    {
        var report = new Report("chaos");
        await using var kip = await KipProgram.StartAsync();
        var (load, actions) = await ChaosRun.RunAsync(kip, TimeSpan.FromMinutes(minutes), seed, killsAll: true, Console.Error.WriteLine);
        foreach (var failure in load.Failures.Take(20)) Console.Error.WriteLine(failure);
        report.Figure("chaos_requests", load.Sent);
        report.Figure("chaos_actions", actions);
        report.Figure("chaos_failed_requests", load.Failures.Count);
        const string Acts = "rollout, split, min-scale, ConfigMap, SIGKILL of any pod, sometimes of all, deleted pod";
        report.Note($"{minutes} min of 200 requests/s, 20 ms each, seed {seed}; each second or so one of: {Acts}");
        await report.AppendAsync();
        return load.Failures.Count == 0 ? 0 : 1;
    }
}
