using System.Diagnostics;
using Kip.Bench.Api;
using Kip.Host.Invoke;
using Kip.Testing.Programs;

namespace Kip.Bench.Coldstart;

/// <summary>What Kip adds to an application's own start: the first request of a sleeping service, against the same program started by hand.</summary>
/// <remarks>The two are measured in turn, so that a change of the machine's speed meets both.</remarks>
internal static class ColdstartBench
{
    public static async Task<int> RunAsync(int count)
    {
        var report = new Report("coldstart");
        await using var kip = await KipProgram.StartAsync();
        var image = await HelloBundle.BuildAsync(kip);
        using (var resources = BenchConnection.Open(kip))
            await SleepingServices.ApplyAsync(resources.Resources, "cold", 0, count + 1, image, CancellationToken.None);
        var bare = new List<double>();
        var cold = new List<ColdRequest>();
        var processor = TimeSpan.Zero;
        using var client = GatewayClient.Make();
        // The first of each warms the page cache and kip's own code and does not count.
        for (var i = 0; i <= count; i++)
        {
            var alone = await BareStart.MeasureAsync(kip, image);
            var through = await ColdRequest.SendAsync(client, kip, $"cold-{i}");
            if (i == 0)
            {
                processor = ApiBench.ProcessorTime(kip);
                continue;
            }
            bare.Add(alone);
            cold.Add(through);
        }
        processor = ApiBench.ProcessorTime(kip) - processor;
        Print(report, count, bare, cold);
        report.Figure("coldstart_kip_processor_ms", processor.TotalMilliseconds / count);
        await report.AppendAsync();
        return 0;
    }

    private static void Print(Report report, int count, List<double> bare, List<ColdRequest> cold)
    {
        report.Note($"{count} services of samples/hello-csharp, asleep; bare: the same program started by hand and asked every millisecond; in turn; "
            + "stages: medians, each from the one before, as kip invoke --trace tells them; "
            + "processor: of the platform alone, per wake, what it does beside included");
        foreach (var percent in (int[])[50, 99])
        {
            var (alone, through) = (Percentiles.Of(bare, percent), Percentiles.Of(cold.Select(static c => c.Milliseconds), percent));
            report.Figure($"coldstart_bare_p{percent}_ms", alone);
            report.Figure($"coldstart_kip_p{percent}_ms", through);
            report.Figure($"coldstart_added_p{percent}_ms", through - alone);
        }
        foreach (var (stage, milliseconds) in ColdRequest.MedianStages(cold)) report.Figure($"coldstart_stage_{stage}_ms", milliseconds);
    }
}
