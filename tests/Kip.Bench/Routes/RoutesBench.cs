using System.Diagnostics;
using Kip.Testing.Load;
using Kip.Testing.Traffic;
using Microsoft.AspNetCore.Http;

namespace Kip.Bench.Routes;

/// <summary>How soon an edited route among thousands serves what it says now, and that no request fails meanwhile.</summary>
internal static class RoutesBench
{
    private const int PerSecond = 500;

    public static async Task<int> RunAsync(int routes)
    {
        var report = new Report("routes");
        await using var old = await FakePod.StartAsync(static context => context.Response.WriteAsync("old"));
        await using var next = await FakePod.StartAsync(static context => context.Response.WriteAsync("new"));
        await using var bed = await GatewayBed.StartAsync();
        await bed.PutAsync(
            TrafficObjects.Revision("old-1"), TrafficObjects.Pod("old-1", "old-1-a", old.Port), TrafficObjects.Revision("new-1"),
            TrafficObjects.Pod("new-1", "new-1-a", next.Port));
        await bed.PutAsync([.. Enumerable.Range(0, routes).Select(static i => TrafficObjects.Ingress($"r{i}", HostOf(i), ("old-1", 100)))]);
        using var client = LoopbackClient.To(bed.Url);
        var load = ConstantLoad.Start(client, new Uri($"http://{HostOf(0)}/"), PerSecond);
        await load.MoreAsync(PerSecond);
        var effects = new List<double>(routes);
        for (var i = 0; i < routes; i++) effects.Add(await EditAsync(bed, i));
        var result = await load.StopAsync();

        report.Figure("routes_edited", routes);
        report.Figure("routes_requests", result.Sent);
        report.Figure("routes_errors", result.Failures.Count);
        report.Figure("routes_effect_p50_ms", Percentiles.Of(effects, 50));
        report.Figure("routes_effect_p99_ms", Percentiles.Of(effects, 99));
        report.Note($"{routes} Ingresses in one gateway, each edited in turn under {PerSecond} requests/s; effect: from the write to a table that has it");
        await report.AppendAsync();
        return result.Failures.Count == 0 ? 0 : 1;
    }

    private static async Task<double> EditAsync(GatewayBed bed, int route)
    {
        var version = bed.Gateway.TableVersion;
        var began = Stopwatch.GetTimestamp();
        bed.Resources.Put(TrafficObjects.Ingress($"r{route}", HostOf(route), ("new-1", 100)));
        while (bed.Gateway.TableVersion == version) await Task.Yield();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static string HostOf(int route) => $"r{route}.default.localhost";
}
