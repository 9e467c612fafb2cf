using Kip.Resources;
using Kip.Rules.Serving.Configs;
using Shouldly;

namespace Kip.Tests.Serving;

public class ConfigTests
{
    [Theory]
    [InlineData("config-defaults", "revision-timeout-seconds", "700")]
    [InlineData("config-defaults", "max-revision-timeout-seconds", "30m")]
    [InlineData("config-defaults", "max-revision-timeout-seconds", "299")]
    [InlineData("config-defaults", "container-concurrency", "1001")]
    [InlineData("config-defaults", "container-concurrency-max-limit", "0")]
    [InlineData("config-defaults", "allow-container-concurrency-zero", "maybe")]
    [InlineData("config-defaults", "enable-service-links", "perhaps")]
    [InlineData("config-defaults", "container-name-template", "{{if}}")]
    [InlineData("config-defaults", "revision-memory-limit", "lots")]
    [InlineData("config-deployment", "progress-deadline", "0s")]
    [InlineData("config-deployment", "progress-deadline", "1500ms")]
    [InlineData("config-deployment", "progress-deadline", "soon")]
    [InlineData("config-network", "domain-template", "{{.Name}}")]
    [InlineData("config-network", "domain-template", "{{.Name}}_{{.Domain}}")]
    [InlineData("config-network", "tag-template", "{{.Bogus}}")]
    [InlineData("config-network", "default-external-scheme", "gopher")]
    [InlineData("config-network", "kip.external-port", "70000")]
    public void A_wrong_value_is_named(string map, string key, string value)
    {
        if (key == "revision-timeout-seconds")
            ServingConfig.Validate(map, StringMap.Of((key, value), ("max-revision-timeout-seconds", "600"))).Count.ShouldBe(1);
        else ServingConfig.Validate(map, StringMap.Of((key, value))).Single().Field.ShouldBe($"data[{key}]");
    }

    [Fact]
    public void Nothing_stated_is_the_documented_default()
    {
        var config = ServingConfig.Default;

        config.Defaults.ShouldBe(DefaultsConfig.Parse(default, out _));
        (config.Defaults.TimeoutSeconds, config.Defaults.MaxTimeoutSeconds, config.Defaults.ContainerConcurrencyMaxLimit).ShouldBe((300, 600, 1000));
        config.Deployment.ProgressDeadline.ShouldBe(TimeSpan.FromMinutes(10));
        config.Network.IngressClass.ShouldBe("kip.ingress.networking.knative.dev");
        config.Features.IsEnabled(FeaturesConfig.MultiContainer).ShouldBeTrue();
        config.Features.Permits("kubernetes.podspec-affinity").ShouldBeFalse();
    }

    [Fact]
    public void Stated_values_are_read_and_templates_may_use_labels()
    {
        ServingConfig.Validate("config-network", StringMap.Of(("domain-template", "{{.Name}}.{{.Labels.team}}.{{.Domain}}"))).ShouldBeEmpty();
        var defaults = DefaultsConfig.Parse(
            StringMap.Of(("revision-cpu-request", "400m"), ("enable-service-links", "default"), ("revision-timeout-seconds", "900")), out var errors);

        errors.ShouldBeEmpty();
        defaults.Requests["cpu"].ShouldBe("400m");
        defaults.EnableServiceLinks.ShouldBeNull();
        defaults.MaxTimeoutSeconds.ShouldBe(900);
        new FeaturesConfig(StringMap.Of(("multi-container", "disabled"), ("kubernetes.podspec-affinity", "allowed")))
            .Permits("kubernetes.podspec-affinity").ShouldBeTrue();
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("1.5", true)]
    [InlineData("500m", true)]
    [InlineData("128Mi", true)]
    [InlineData("2e3", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("-1", false)]
    [InlineData("1.2.3", false)]
    [InlineData("128mb", false)]
    public void Quantities_have_one_form(string text, bool valid) => Quantity.IsValid(text).ShouldBe(valid);
}
