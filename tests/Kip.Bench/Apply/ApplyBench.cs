using System.Diagnostics;
using Kip.Bench.Api;
using Kip.Host.Platform;
using Kip.Testing.Programs;

namespace Kip.Bench.Apply;

/// <summary>How long it takes until many services, applied through the API, are Ready at zero replicas.</summary>
internal static class ApplyBench
{
    public static async Task<int> RunAsync(int count)
    {
        var report = new Report("apply");
        await using var kip = await KipProgram.StartAsync();
        var image = await HelloBundle.BuildAsync(kip);
        using var resources = BenchConnection.Open(kip);
        var before = ApiBench.ProcessorTime(kip);
        var watch = Stopwatch.StartNew();
        await SleepingServices.ApplyAsync(resources.Resources, "svc", 0, count, image, CancellationToken.None);
        var seconds = watch.Elapsed.TotalSeconds;
        var processor = ApiBench.ProcessorTime(kip) - before;
        report.Note($"{count} services, each a Service that becomes Configuration, Revision, Route, Ingress, Deployment and PodAutoscaler; 8 writers, HTTPS");
        report.Figure($"apply_{count}_s", seconds);
        report.Figure("apply_services_per_s", count / seconds);
        report.Figure("apply_processor_ms_per_service", processor.TotalMilliseconds / count);
        report.Figure("apply_rss_mb", ResidentMemory.Megabytes(kip.ProcessId));
        await report.AppendAsync();
        return 0;
    }
}
