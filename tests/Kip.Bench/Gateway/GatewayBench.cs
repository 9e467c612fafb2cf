using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Testing.Programs;

namespace Kip.Bench.Gateway;

/// <summary>Kip's gateway against nginx, both proxying to the same process, in turn, from few to many connections.</summary>
internal static class GatewayBench
{
    private static readonly int[] Connections = [1, 16, 64, 256];
    private const int Rounds = 3;
    private const int Seconds = 4;

    // Long enough for the runtime to have compiled what is hot to its last tier.
    private const int WarmUpSeconds = 10;
    private const string Service = "bench";

    public static async Task<int> RunAsync()
    {
        var report = new Report("gateway");
        await using var kip = await KipProgram.StartAsync();
        var port = await StartApplicationAsync(kip);
        await using var nginx = await Nginx.ProxyingAsync(port);
        var host = $"{Service}.default.localhost";
        await Wrk.RunAsync(kip.Gateway, host, 64, WarmUpSeconds);
        await Wrk.RunAsync(nginx.Address, host, 64, Seconds);
        foreach (var connections in Connections) await CompareAsync(report, kip.Gateway, nginx.Address, host, connections);
        report.Note(
            $"wrk, {Rounds} rounds of {Seconds} s each in turn, median; one pod of kip.local/helloworld; nginx: 2 workers, 256 keep-alive connections "
            + "to the same pod; generator, proxy and application share the cores");
        await report.AppendAsync();
        return 0;
    }

    private static async Task CompareAsync(Report report, Uri kip, Uri nginx, string host, int connections)
    {
        var (ours, theirs) = (new List<WrkResult>(), new List<WrkResult>());
        for (var round = 0; round < Rounds; round++)
        {
            theirs.Add(await Wrk.RunAsync(nginx, host, connections, Seconds));
            ours.Add(await Wrk.RunAsync(kip, host, connections, Seconds));
        }
        var (us, them) = (Median(ours, static r => r.RequestsPerSecond), Median(theirs, static r => r.RequestsPerSecond));
        var (ourTail, theirTail) = (Median(ours, static r => r.P99Milliseconds), Median(theirs, static r => r.P99Milliseconds));
        report.Figure($"gateway_rps_c{connections}", us);
        report.Figure($"nginx_rps_c{connections}", them);
        report.Figure($"gateway_rps_ratio_c{connections}", us / them);
        report.Figure($"gateway_p99_ms_c{connections}", ourTail);
        report.Figure($"nginx_p99_ms_c{connections}", theirTail);
        report.Figure($"gateway_p99_ratio_c{connections}", ourTail / theirTail);
        report.Figure($"gateway_errors_c{connections}", ours.Sum(static r => r.Errors));
    }

    private static double Median(List<WrkResult> results, Func<WrkResult, double> figure) => Percentiles.Of(results.Select(figure), 50);

    /// <summary>Deploys the sample with exactly one pod and returns the port that its process listens on.</summary>
    private static async Task<int> StartApplicationAsync(KipProgram kip)
    {
        using var resources = kip.Connect();
        var service = SleepingServices.Make(Service, "kip.local/helloworld");
        var pinned = service.Spec.Template with
        {
            Metadata = new()
            {
                Annotations = StringMap.Of(("autoscaling.knative.dev/min-scale", "1"), ("autoscaling.knative.dev/max-scale", "1")),
            },
        };
        await resources.CreateAsync(service with { Spec = service.Spec with { Template = pinned } }, CancellationToken.None);
        await kip.ReadyPodsAsync(Service, static ready => ready == 1);
        var options = new ListOptions { Namespace = "default", LabelSelector = $"serving.knative.dev/service={Service}" };
        var pod = (await resources.ListAsync<Pod>(options, CancellationToken.None))[0];
        return int.Parse(pod.Metadata.Annotations["kip.dev/port"]);
    }
}
