using Kip.Testing.Images;
using Kip.Testing.Programs;
using Kip.Host.Invoke;

namespace Kip.Bench.Coldstart;

/// <summary>What Kip adds to a container's own start: the first request of a sleeping service, against <c>crun run</c> of the same image.</summary>
internal static class ContainerColdstart
{
    private const string Image = "kip.local/bench-web:1";

    public static async Task<int> RunAsync(int count)
    {
        var report = new Report("coldstart --container");
        await using var kip = await KipProgram.StartAsync();
        var archive = Path.Combine(kip.Data, "bench-web.tar");
        BaseImages.WebServer("hello\n").Build().WriteOciArchive(archive, "bench-web:1");
        (await kip.KipAsync("image", "load", archive, "--name", Image)).Succeeded();
        using (var resources = BenchConnection.Open(kip))
            await SleepingServices.ApplyAsync(resources.Resources, "cold", 0, count + 1, Image, CancellationToken.None);
        var (bare, cold) = (new List<double>(), new List<ColdRequest>());
        using var client = GatewayClient.Make();
        // The first unpacks the image, brings the pods' network up and warms caches, and does not count.
        await ColdRequest.SendAsync(client, kip, "cold-0");
        using var alone = new BareContainer([.. Directory.GetDirectories(Path.Combine(kip.Data, "images", "layers"))]);
        await alone.MeasureAsync(Command);
        for (var i = 1; i <= count; i++)
        {
            bare.Add(await alone.MeasureAsync(Command));
            cold.Add(await ColdRequest.SendAsync(client, kip, $"cold-{i}"));
        }
        Print(report, count, bare, cold);
        await report.AppendAsync();
        return 0;
    }

    // As the image's own entrypoint.
    private static readonly string[] Command = ["/bin/sh", "-c", "exec busybox httpd -f -p ${PORT:-8080} -h /www"];

    private static void Print(Report report, int count, List<double> bare, List<ColdRequest> cold)
    {
        report.Note($"{count} services of one busybox web server image, asleep; bare: crun run of the same image with the machine's network, asked "
            + "every millisecond; in turn; stages: medians, each from the one before");
        foreach (var percent in (int[])[50, 99])
        {
            var (alone, through) = (Percentiles.Of(bare, percent), Percentiles.Of(cold.Select(static c => c.Milliseconds), percent));
            report.Figure($"coldstart_container_bare_p{percent}_ms", alone);
            report.Figure($"coldstart_container_kip_p{percent}_ms", through);
            report.Figure($"coldstart_container_added_p{percent}_ms", through - alone);
        }
        foreach (var (stage, milliseconds) in ColdRequest.MedianStages(cold)) report.Figure($"coldstart_container_stage_{stage}_ms", milliseconds);
    }
}
