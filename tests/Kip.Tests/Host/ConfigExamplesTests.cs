using Kip.Host.Platform;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Admission;
using Kip.Rules.Scaling;
using Kip.Rules.Serving.Configs;
using Kip.Testing.Serving;
using Kip.Tests.Admission;
using Shouldly;

namespace Kip.Tests.Host;

public class ConfigExamplesTests
{
    public static TheoryData<string> Names => [.. PlatformBootstrap.Maps];

    // The explanation is itself a block of settings: what it shows must be what counts when nothing is set.
    private static ConfigMap Shown(string name) => Yaml.One<ConfigMap>(
        $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: knative-serving}}\ndata:\n  none: ''\n"
        + string.Join('\n', PlatformBootstrap.Example(name).Split('\n').Select(static l => l.Length == 0 ? l : "  " + l)));

    [Theory]
    [MemberData(nameof(Names))]
    public void What_an_example_shows_is_valid_and_known(string name)
    {
        var map = Shown(name);
        map = map with { Data = map.Data.Without("none") };

        Ask.Validate(map).ShouldBeEmpty();
        var request = new AdmissionRequest(map, null, "jane", null, PlatformConfig.Default);
        if (name is not ("config-leader-election" or "config-logging" or "config-certmanager")) AdmissionRules.Warnings(request).ShouldBeEmpty();
        else AdmissionRules.Warnings(request).ShouldAllBe(static w => w.Contains("has no effect"), "it says so");
    }

    [Fact]
    public void What_the_examples_show_are_the_defaults()
    {
        var defaults = DefaultsConfig.Parse(Shown("config-defaults").Data, out _);
        // Resources have no default to show; templates are not compared by value.
        defaults.ShouldBe(DefaultsConfig.Default with
        {
            Requests = defaults.Requests, Limits = defaults.Limits, ContainerName = defaults.ContainerName, InitContainerName = defaults.InitContainerName,
        });
        AutoscalerConfig.TryParse(Shown("config-autoscaler").Data, out var autoscaler, out _).ShouldBeTrue();
        autoscaler.ShouldBe(AutoscalerConfig.Default);
        GarbageCollectionConfig.Parse(Shown("config-gc").Data, out _).ShouldBe(GarbageCollectionConfig.Default);
        DeploymentConfig.Parse(Shown("config-deployment").Data, out _).ShouldBe(DeploymentConfig.Default);
        var features = new FeaturesConfig(Shown("config-features").Data);
        foreach (var feature in FeaturesConfig.Known)
            (features.IsEnabled(feature), features.Permits(feature))
                .ShouldBe((FeaturesConfig.Default.IsEnabled(feature), FeaturesConfig.Default.Permits(feature)), feature);
        Shown("config-features").Data.Keys.Order().ShouldBe(FeaturesConfig.Known.Append("none").Order());
        var network = NetworkConfig.Parse(Shown("config-network").Data, out _);
        (network with { DomainTemplate = NetworkConfig.Default.DomainTemplate, TagTemplate = NetworkConfig.Default.TagTemplate })
            .ShouldBe(NetworkConfig.Default with { AutocreateClusterDomainClaims = true }, "the host sets the one");
    }
}
