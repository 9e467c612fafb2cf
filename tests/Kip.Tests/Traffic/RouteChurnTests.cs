using Kip.Testing.Load;
using Kip.Testing.Traffic;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Kip.Tests.Traffic;

/// <summary>Thousands of routes, each edited while requests come: a change is in force as a whole or not at all.</summary>
public sealed class RouteChurnTests : GatewayTest
{
    private const int Routes = 5_000;

    [Fact]
    public async Task Five_thousand_routes_are_edited_under_load_without_an_error_and_then_serve_what_they_say()
    {
        var old = await StartPodAsync(static c => c.Response.WriteAsync("old"));
        var next = await StartPodAsync(static c => c.Response.WriteAsync("new"));
        await Bed.PutAsync(
            TrafficObjects.Revision("old-1"), TrafficObjects.Pod("old-1", "old-1-a", old.Port), TrafficObjects.Revision("new-1"),
            TrafficObjects.Pod("new-1", "new-1-a", next.Port));
        await Bed.PutAsync([.. Enumerable.Range(0, Routes).Select(static i => TrafficObjects.Ingress($"r{i}", HostOf(i), ("old-1", 100)))]);
        using var client = LoopbackClient.To(Bed.Url);
        var load = ConstantLoad.Start(client, new Uri($"http://{HostOf(Routes / 2)}/"), 200);

        await load.MoreAsync(100);
        for (var i = 0; i < Routes; i++)
        {
            Bed.Resources.Put(TrafficObjects.Ingress($"r{i}", HostOf(i), ("new-1", 100)));
            if (i % 500 == 0) await load.MoreAsync(20);
        }
        await Bed.PutAsync();
        await load.MoreAsync(100);
        var result = await load.StopAsync();

        result.Failures.ShouldBeEmpty(result.ToString());
        result.Answers.Keys.Order().ShouldBe(["new", "old"]);
        foreach (var i in (int[])[0, 1, Routes / 2, Routes - 1]) (await GetTextAsync(host: HostOf(i))).ShouldBe("new");
    }

    private static string HostOf(int route) => $"r{route}.default.localhost";
}
