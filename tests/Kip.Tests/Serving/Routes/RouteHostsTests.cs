using Kip.Resources;
using Kip.Resources.Serving;
using Kip.Rules.Admission;
using Kip.Rules.Serving.Configs;
using Kip.Rules.Serving.Routes;
using Shouldly;

namespace Kip.Tests.Serving.Routes;

public class RouteHostsTests
{
    private static ServingConfig Config(params (string Key, string Value)[] network) =>
        ServingConfig.From(new PlatformConfig(new Dictionary<string, StringMap> { ["config-network"] = StringMap.Of(network) }));

    private static Route Make(string name) =>
        new() { Metadata = new ObjectMeta { Name = name, Namespace = "default", Labels = StringMap.Of(("team", "red")) } };

    [Fact]
    public void A_route_has_a_public_name_with_the_gateways_port_in_its_url_and_three_names_inside()
    {
        var hosts = RouteHosts.For(Make("hello"), "", Config(("kip.external-port", "8080")), out _)!;

        hosts.Public.ShouldBe("hello.default.localhost");
        hosts.Url.ShouldBe("http://hello.default.localhost:8080");
        hosts.Local.ShouldBe(["hello.default", "hello.default.svc", "hello.default.svc.cluster.local"]);
        hosts.LocalUrl.ShouldBe("http://hello.default.svc.cluster.local");
    }

    [Theory]
    [InlineData("https", "80", "443", "https://hello.default.localhost")]
    [InlineData("https", "443", "8443", "https://hello.default.localhost:8443")]
    [InlineData("http", "80", "443", "http://hello.default.localhost")]
    [InlineData("http", "8080", "80", "http://hello.default.localhost:8080")]
    public void The_usual_port_of_the_scheme_is_left_out(string scheme, string port, string httpsPort, string expected) => RouteHosts.For(
        Make("hello"), "", Config(("default-external-scheme", scheme), ("kip.external-port", port), ("kip.external-https-port", httpsPort)), out _)!
        .Url.ShouldBe(expected);

    [Fact]
    public void Templates_shape_public_names_only()
    {
        var config = Config(("domain-template", "{{.Name}}-{{.Namespace}}.{{.Labels.team}}.{{.Domain}}"), ("tag-template", "{{.Name}}-{{.Tag}}"));
        var hosts = RouteHosts.For(Make("hello"), "v1", config, out _)!;

        hosts.Public.ShouldBe("hello-v1-default.red.localhost");
        hosts.Local[0].ShouldBe("hello-v1.default");
    }

    [Fact]
    public void A_name_that_is_too_long_for_dns_is_refused_with_the_name()
    {
        RouteHosts.For(Make(new string('a', 60)), "much-too-long", Config(), out var error).ShouldBeNull();
        error.ShouldStartWith($"invalid domain name \"much-too-long-{new string('a', 60)}.default.svc.cluster.local\":");
    }
}
