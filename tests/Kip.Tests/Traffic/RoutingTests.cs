using System.Net;
using Kip.Resources;
using Kip.Resources.Networking;
using Kip.Resources.Serving;
using Kip.Testing.Traffic;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Kip.Tests.Traffic;

/// <summary>Which application a request reaches, and what becomes of one that reaches none.</summary>
public sealed class RoutingTests : GatewayTest
{
    [Fact]
    public async Task A_request_reaches_the_application_of_its_host()
    {
        await ServeAsync(static context => context.Response.WriteAsync($"{context.Request.Method} {context.Request.Path.Value}{context.Request.QueryString}"));

        (await GetTextAsync("/a%20b/c?x=1&y=%2F")).ShouldBe("GET /a b/c?x=1&y=%2F");
    }

    [Fact]
    public async Task The_application_sees_the_host_as_the_client_wrote_it()
    {
        await ServeAsync(static context => context.Response.WriteAsync(context.Request.Host.Value!));

        (await GetTextAsync(host: $"{Host}:8080")).ShouldBe($"{Host}:8080");
    }

    [Fact]
    public async Task An_unknown_host_is_told_what_hosts_look_like()
    {
        using var response = await GetAsync(host: "nobody.example");

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        text.ShouldContain("\"nobody.example\"");
        text.ShouldContain("NAME.NAMESPACE");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nginx.ingress.example.com")]
    public async Task An_ingress_of_another_class_is_neither_served_nor_written(string? given)
    {
        await ServeAsync(static context => context.Response.WriteAsync("x"));
        var foreign = TrafficObjects.Ingress("foreign", "foreign.test", ("app-1", 100));
        var annotations = given is null ? default : StringMap.Of((ServingAnnotations.IngressClass, given));
        await Bed.PutAsync(foreign with { Metadata = foreign.Metadata with { Annotations = annotations } });

        using (var response = await GetAsync(host: "foreign.test")) response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var stored = (Ingress?)await Bed.Resources.GetAsync(Ingress.Definition, TrafficObjects.Name("foreign"), Cancel);
        stored.ShouldNotBeNull().Status.ShouldBe(new IngressStatus());
    }

    [Fact]
    public async Task An_ingress_that_goes_over_to_another_class_is_not_served_any_more()
    {
        await ServeAsync(static context => context.Response.WriteAsync("x"));
        var foreign = TrafficObjects.Ingress("app", Host, ("app-1", 100));
        await Bed.PutAsync(foreign with { Metadata = foreign.Metadata with { Annotations = StringMap.Of((ServingAnnotations.IngressClass, "other")) } });

        using var response = await GetAsync();

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_path_that_no_rule_covers_is_not_found()
    {
        await Bed.PutAsync(
            TrafficObjects.Revision("app-1"),
            TrafficObjects.Ingress("app", [TrafficObjects.Rule(Host, TrafficObjects.Path("/api", ("app-1", 100)))]));

        using var response = await GetAsync("/other");

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("/other");
    }

    [Fact]
    public async Task A_route_to_a_deleted_revision_says_which()
    {
        await ServeAsync(static context => context.Response.WriteAsync("x"));
        Bed.Resources.Remove(Kip.Resources.Serving.Revision.Definition, TrafficObjects.Name("app-1"));
        await Bed.PutAsync();

        using var response = await GetAsync();

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("default/app-1");
    }

    [Fact]
    public async Task Split_headers_replace_the_clients_and_internal_ones_never_reach_the_application()
    {
        var pod = await StartPodAsync(static context =>
            context.Response.WriteAsync(string.Join('\n', context.Request.Headers.Select(static h => $"{h.Key}={h.Value}"))));
        var path = TrafficObjects.Path("", ("app-1", 100));
        path = path with { AppendHeaders = StringMap.Of(
            ("X-Set", "path"),
            ("Knative-Serving-Tag", "blue")), Splits = [path.Splits[0] with { AppendHeaders = path.Splits[0].AppendHeaders.With("X-Set", "split") }] };
        await Bed.PutAsync(
            TrafficObjects.Revision("app-1"), TrafficObjects.Pod("app-1", "a", pod.Port),
            TrafficObjects.Ingress("app", [TrafficObjects.Rule(Host, path)]));
        var request = Request(HttpMethod.Get);
        request.Headers.Add("x-set", "client");
        request.Headers.Add("Knative-Serving-Revision", "other");
        request.Headers.Add("K-Original-Host", "evil");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        using var response = await SendAsync(request);
        var seen = (await response.Content.ReadAsStringAsync(Cancel)).Split('\n');

        seen.ShouldContain("X-Set=split");
        seen.ShouldContain("Knative-Serving-Tag=blue");
        seen.ShouldContain("traceparent=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        seen.ShouldContain("X-Forwarded-For=127.0.0.1");
        seen.ShouldContain("X-Forwarded-Proto=http");
        seen.ShouldContain("Forwarded=for=127.0.0.1;proto=http");
        seen.ShouldNotContain(static h => h.StartsWith("Knative-Serving-Revision") || h.StartsWith("K-Original-Host"));
    }

    [Fact]
    public async Task What_earlier_proxies_said_is_kept_and_extended()
    {
        await ServeAsync(static context => context.Response.WriteAsync(
            $"{context.Request.Headers["X-Forwarded-For"]}|{context.Request.Headers["X-Forwarded-Proto"]}|{context.Request.Headers["Forwarded"]}"));
        var request = Request(HttpMethod.Get);
        request.Headers.Add("X-Forwarded-For", "192.0.2.7");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Host", "shop.example");

        using var response = await SendAsync(request);

        (await response.Content.ReadAsStringAsync(Cancel))
            .ShouldBe("192.0.2.7, 127.0.0.1|https|for=192.0.2.7;host=shop.example;proto=https, for=127.0.0.1");
    }

    [Fact]
    public async Task Probes_of_the_network_are_answered_by_the_gateway()
    {
        await ServeAsync(static context => context.Response.WriteAsync("app"));
        var probe = Request(HttpMethod.Get, "/healthz");
        probe.Headers.Add("K-Network-Probe", "probe");
        probe.Headers.Add("K-Network-Hash", "abc");
        var without = Request(HttpMethod.Get);
        without.Headers.Add("K-Network-Probe", "probe");

        using var response = await SendAsync(probe);
        using var refused = await SendAsync(without);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.GetValues("K-Network-Hash").ShouldBe(["abc"]);
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadAsStringAsync(Cancel)).ShouldBe("a probe request must contain a non-empty \"K-Network-Hash\" header");
    }

    [Theory]
    [InlineData("activator", 200, "activator")]
    [InlineData("queue", 400, "unexpected probe header value: \"queue\"")]
    [InlineData("<b>", 400, "unexpected probe header value: \"&lt;b&gt;\"")]
    public async Task Probes_of_parts_are_answered_as_the_activator_does(string probe, int status, string body)
    {
        var pod = await ServeAsync(static context => context.Response.WriteAsync("app"));
        var request = Request(HttpMethod.Get, "/healthz");
        request.Headers.Add("K-Network-Probe", probe);

        using var response = await SendAsync(request);

        ((int)response.StatusCode).ShouldBe(status);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldBe(body);
        pod.Served.ShouldBe(0);
    }

    [Fact]
    public async Task An_ingress_becomes_ready_when_it_is_served()
    {
        await ServeAsync(static context => context.Response.WriteAsync("x"));

        await Eventually(() => Status().Conditions.Count == 3);
        Status().Conditions.ShouldAllBe(static c => c.Status == ConditionStatus.True);
        Status().ObservedGeneration.ShouldBe(1);

        Kip.Resources.Networking.IngressStatus Status() => ((Kip.Resources.Networking.Ingress)Bed.Resources
            .GetAsync(Kip.Resources.Networking.Ingress.Definition, TrafficObjects.Name("app"), Cancel).Result!).Status;
    }
}
