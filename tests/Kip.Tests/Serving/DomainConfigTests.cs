using Kip.Resources;
using Kip.Rules.Serving.Configs;
using Shouldly;

namespace Kip.Tests.Serving;

public class DomainConfigTests
{
    private static readonly StringMap Data = StringMap.Of(
        ("example.com", ""),
        ("shop.example.com", "selector:\n  app: shop\n"),
        ("eu.shop.example.com", "selector:\n  app: shop\n  region: \"eu\"\ntype: wildcard"),
        ("a.example.com", "selector:\n  app: shop"),
        ("_example", "anything: at all"));

    [Theory]
    [InlineData("", "example.com")]
    [InlineData("app=other", "example.com")]
    [InlineData("app=shop", "a.example.com")]
    [InlineData("app=shop,region=eu", "eu.shop.example.com")]
    [InlineData("networking.knative.dev/visibility=cluster-local,app=shop", "svc.cluster.local")]
    [InlineData("networking.knative.dev/visibility=other", "example.com")]
    public void The_domain_with_the_most_matching_labels_wins_then_the_first_by_name(string labels, string expected)
    {
        var config = DomainConfig.Parse(Data, out var errors);

        errors.ShouldBeEmpty();
        config.For(StringMap.From(
            labels.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static l => l.Split('=')).Select(static p => KeyValuePair.Create(p[0], p[1]))))
            .ShouldBe(expected);
    }

    [Fact]
    public void Without_a_default_entry_the_domain_is_localhost()
    {
        DomainConfig.Parse(StringMap.Of(("shop.example.com", "selector:\n  app: shop")), out _).For(default).ShouldBe("localhost");
        DomainConfig.Default.For(default).ShouldBe("localhost");
        DomainConfig.Parse(StringMap.Of(("localhost", "")), out _).For(default).ShouldBe("localhost");
    }

    [Theory]
    [InlineData("selector: {app: shop}")]
    [InlineData("{\"selector\": {\"app\": \"shop\"}, \"type\": \"wildcard\"}")]
    [InlineData("# of the shop\nselector:\n    app: 'shop' # and nobody else's\n")]
    public void An_entry_is_any_YAML(string value)
    {
        var config = DomainConfig.Parse(StringMap.Of(("example.com", value)), out var errors);

        errors.ShouldBeEmpty();
        config.For(StringMap.Of(("app", "shop"))).ShouldBe("example.com");
        config.For(default).ShouldBe("localhost");
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing")]
    [InlineData("\"\"")]
    [InlineData("{}")]
    [InlineData("selector:\n")]
    [InlineData("type: wildcard")]
    public void An_entry_without_labels_is_a_default(string value)
    {
        DomainConfig.Parse(StringMap.Of(("example.com", value)), out var errors).For(default).ShouldBe("example.com");
        errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("example.com", "selector: {app: [shop]}")]
    [InlineData("example.com", "selector: {app: shop")]
    [InlineData("example.com", "selector: [app]")]
    [InlineData("example.com", "nonsense")]
    [InlineData("example.com", "other:\n  app: shop")]
    [InlineData("Bad_Domain", "")]
    public void A_wrong_entry_is_named_and_left_out(string domain, string value)
    {
        var config = DomainConfig.Parse(StringMap.Of((domain, value)), out var errors);

        errors.Single().Field.ShouldBe($"data[{domain}]");
        config.For(default).ShouldBe("localhost");
    }
}
