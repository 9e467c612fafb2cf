using System.Diagnostics;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Serving;
using Kip.Testing.Programs;

namespace Kip.Bench.Start;

/// <summary>How long <c>kip up</c> takes until it has said that its API answers: over an empty folder, and over one with many services.</summary>
internal static class StartBench
{
    private const string Bar = "<= 1000";
    private const int Rounds = 9;

    public static async Task<int> RunAsync(int services)
    {
        var report = new Report("start");
        report.Note($"medians of {Rounds}; from the start of the process to the line that says where the API is, which is asked to be sure; "
            + "stopped gracefully before, and once killed");
        report.Figure("start_empty_ms", await MedianAsync(EmptyAsync), Bar);
        await using var kip = await KipProgram.StartAsync();
        var image = await HelloBundle.BuildAsync(kip);
        using (var resources = BenchConnection.Open(kip))
            await SleepingServices.ApplyAsync(resources.Resources, "svc", 0, services, image, CancellationToken.None);
        report.Figure($"start_{services}_services_ms", await MedianAsync(async () =>
        {
            await kip.StopAsync();
            return await AgainAsync(kip, services);
        }), Bar);
        await kip.KillAsync();
        report.Figure($"start_{services}_services_killed_ms", await AgainAsync(kip, services), Bar);
        await report.AppendAsync();
        return 0;
    }

    private static async Task<double> EmptyAsync()
    {
        var started = Stopwatch.GetTimestamp();
        await using var kip = await KipProgram.StartAsync();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static async Task<double> AgainAsync(KipProgram kip, int services)
    {
        var started = Stopwatch.GetTimestamp();
        await kip.RestartAsync();
        var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        using var resources = BenchConnection.Open(kip);
        var found = await resources.Resources.ListAsync(Service.Definition, new ListOptions { Namespace = "default" }, CancellationToken.None);
        return found.Items.Count == services
            ? elapsed
            : throw new InvalidOperationException($"{found.Items.Count} of {services} services are there after a restart");
    }

    private static async Task<double> MedianAsync(Func<Task<double>> measure)
    {
        var took = new List<double>();
        for (var i = 0; i < Rounds; i++) took.Add(await measure());
        return Percentiles.Of(took, 50);
    }
}
