using System.Net;
using System.Net.Http;
using Kip.Resources;
using Kip.Testing.Traffic;
using Kip.Traffic;
using Kip.Traffic.Http;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Kip.Tests.Traffic;

/// <summary>
/// Names of the inside: core Services through their Endpoints, names that stand for others, and programs that use the gateway as their proxy.
/// </summary>
public sealed class ServiceRoutingTests : GatewayTest
{
    private const string Inside = "store.default.svc.cluster.local";

    private static Task Echo(HttpContext context) =>
        context.Response.WriteAsync($"{context.Request.Host.Value} {context.Request.Path.Value} {context.Request.Headers["X-Set"]}");

    [Theory]
    [InlineData("store.default.svc.cluster.local")]
    [InlineData("store.default.svc.cluster.local:80")]
    [InlineData("store.default.svc")]
    [InlineData("store.default")]
    [InlineData("Store.Default.svc.cluster.local.")]
    public async Task A_core_service_is_reached_by_each_form_of_its_name(string host)
    {
        var pod = await StartPodAsync(Echo);
        await Bed.PutAsync(TrafficObjects.Service("store"), TrafficObjects.Endpoints("store", pod.Port));

        (await GetTextAsync("/x", host)).ShouldBe($"{host} /x ");
    }

    [Fact]
    public async Task A_revision_is_reached_by_its_own_name()
    {
        await ServeAsync(Echo);

        (await GetTextAsync("/x", "app-1.default.svc.cluster.local")).ShouldBe("app-1.default.svc.cluster.local /x ");
    }

    [Fact]
    public async Task A_port_is_chosen_by_its_number_and_an_unknown_one_is_told_those_there_are()
    {
        var pod = await StartPodAsync(Echo);
        var two = TrafficObjects.Service("store") with { Spec = new() { Ports = [new() { Name = "web", Port = 80 }, new() { Name = "admin", Port = 9000 }] } };
        await Bed.PutAsync(two, new Kip.Resources.Core.Endpoints
        {
            Metadata = new() { Name = "store", Namespace = "default" },
            Subsets = [new() { Addresses = [new() { Ip = "127.0.0.1" }], Ports = [new() { Name = "admin", Port = pod.Port }] }],
        });

        (await GetTextAsync("/", $"{Inside}:9000")).ShouldStartWith(Inside);
        using var unknown = await GetAsync(host: $"{Inside}:9001");

        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await unknown.Content.ReadAsStringAsync(Cancel)).ShouldContain("80 (web), 9000 (admin)");
    }

    [Fact]
    public async Task Endpoints_take_effect_as_they_change_and_none_is_503()
    {
        var (one, other) = (await StartPodAsync(static c => c.Response.WriteAsync("one")), await StartPodAsync(static c => c.Response.WriteAsync("other")));
        await Bed.PutAsync(TrafficObjects.Service("store"), TrafficObjects.Endpoints("store", one.Port));
        (await GetTextAsync(host: Inside)).ShouldBe("one");

        await Bed.PutAsync(TrafficObjects.Endpoints("store", other.Port));
        (await GetTextAsync(host: Inside)).ShouldBe("other");

        await Bed.PutAsync(TrafficObjects.Endpoints("store"));
        using var none = await GetAsync(host: Inside);
        none.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        none.Headers.RetryAfter.ShouldNotBeNull();

        Bed.Resources.Remove(Kip.Resources.Core.Service.Definition, TrafficObjects.Name("store"));
        await Bed.PutAsync();
        using var gone = await GetAsync(host: Inside);
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_external_name_leads_to_the_service_that_it_names_and_keeps_the_host()
    {
        var pod = await StartPodAsync(Echo);
        await Bed.PutAsync(
            TrafficObjects.Service("store"), TrafficObjects.Endpoints("store", pod.Port),
            TrafficObjects.ExternalName("shop-kn-channel", Inside), TrafficObjects.ExternalName("alias", "shop-kn-channel.default.svc.cluster.local"));

        (await GetTextAsync(host: "alias.default.svc.cluster.local")).ShouldStartWith("alias.default.svc.cluster.local ");
    }

    [Fact]
    public async Task Names_that_lead_back_to_themselves_are_told_so()
    {
        await Bed.PutAsync(
            TrafficObjects.ExternalName("a", "b.default.svc.cluster.local"), TrafficObjects.ExternalName("b", "a.default.svc.cluster.local"));

        using var response = await GetAsync(host: "a.default.svc.cluster.local");

        ((int)response.StatusCode).ShouldBe(508);
    }

    [Fact]
    public async Task A_rewritten_host_is_routed_again_and_what_the_first_pass_set_stays()
    {
        var pod = await StartPodAsync(Echo);
        var inside = TrafficObjects.Rule("app.default.svc.cluster.local", TrafficObjects.Path("", ("app-1", 100))) with { Visibility = "ClusterLocal" };
        var mapped = TrafficObjects.Path("", ("app", 100)) with
        {
            RewriteHost = "app.default.svc.cluster.local",
            AppendHeaders = StringMap.Of(("K-Original-Host", "shop.example"), ("X-Set", "outer")),
        };
        await Bed.PutAsync(
            TrafficObjects.Revision("app-1"), TrafficObjects.Pod("app-1", "a", pod.Port), TrafficObjects.Ingress("app", [inside]),
            TrafficObjects.Ingress("mapping", [TrafficObjects.Rule("shop.example", mapped)]));

        (await GetTextAsync("/y", "shop.example")).ShouldBe("shop.example /y outer");
        (await GetTextAsync("/y", "shop.example")).ShouldBe("shop.example /y outer");
    }

    [Fact]
    public async Task An_ingress_may_split_to_a_core_service()
    {
        var pod = await StartPodAsync(Echo);
        await Bed.PutAsync(
            TrafficObjects.Service("store"), TrafficObjects.Endpoints("store", pod.Port), TrafficObjects.Ingress("plain", "plain.example", ("store", 100)));

        (await GetTextAsync("/z", "plain.example")).ShouldBe("plain.example /z ");
    }

    [Fact]
    public async Task A_port_that_is_open_to_others_does_not_show_the_inside_and_one_for_workloads_does()
    {
        var pod = await StartPodAsync(Echo);
        await using var bed = await GatewayBed.StartAsync(new() { ServesClusterLocal = false });
        var inner = await bed.Gateway.ListenAsync(new GatewayListener(new(IPAddress.Loopback, 0)) { ServesClusterLocal = true }, Cancel);
        await bed.PutAsync(TrafficObjects.Service("store"), TrafficObjects.Endpoints("store", pod.Port));

        (await StatusAsync(bed.Gateway.EndPoint)).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(inner)).ShouldBe(HttpStatusCode.OK);

        static async Task<HttpStatusCode> StatusAsync(IPEndPoint at)
        {
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{at}/") { Headers = { Host = Inside } };
            using var response = await client.SendAsync(request, Cancel);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task A_program_that_uses_the_gateway_as_its_proxy_reaches_the_inside_and_the_outside()
    {
        var pod = await StartPodAsync(Echo);
        var outside = await StartPodAsync(static context => context.Response.WriteAsync($"outside {context.Request.Path.Value}"));
        await Bed.PutAsync(TrafficObjects.Service("store"), TrafficObjects.Endpoints("store", pod.Port));
        using var client = new HttpClient(new SocketsHttpHandler { Proxy = new WebProxy(Bed.Url), UseProxy = true });

        (await client.GetStringAsync($"http://{Inside}/a", Cancel)).ShouldBe($"{Inside} /a ");
        (await client.GetStringAsync($"http://[::ffff:127.0.0.1]:{outside.Port}/b", Cancel)).ShouldBe("outside /b");
        using var unknown = await client.GetAsync("http://nobody.default.svc.cluster.local/", Cancel);
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }
}
