using Kip.Client.Informers;
using Kip.Controllers.Scaling;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Scaling;
using Kip.Testing.Logging;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Kip.Tests.Scaling;

public sealed class AutoscalerConfigSourceTests : IDisposable
{
    private readonly OneMap _maps = new();
    private readonly RecordedLogs _logs = new();
    private readonly AutoscalerConfigSource _source;

    public AutoscalerConfigSourceTests() => _source = new(_maps, _logs.CreateLogger("test"));

    [Fact]
    public void Without_a_ConfigMap_the_defaults_are_in_force() => _source.Current.ShouldBe(AutoscalerConfig.Default);

    [Fact]
    public void A_change_is_in_force_at_the_next_look_and_a_removal_brings_the_defaults_back()
    {
        _maps.Only = Map("initial-scale", "3");
        _source.Current.InitialScale.ShouldBe(3);
        _source.Current.ShouldBeSameAs(_source.Current);

        _maps.Only = Map("initial-scale", "4");
        _source.Current.InitialScale.ShouldBe(4);

        _maps.Only = null;
        _source.Current.ShouldBe(AutoscalerConfig.Default);
    }

    [Fact]
    public void A_wrong_ConfigMap_leaves_the_last_good_settings_in_force_and_is_told_once()
    {
        _maps.Only = Map("initial-scale", "3");
        _source.Current.InitialScale.ShouldBe(3);

        _maps.Only = Map("stable-window", "soon");
        for (var i = 0; i < 3; i++) _source.Current.InitialScale.ShouldBe(3);

        _logs.Lines.Count(static l => l.Contains("data[stable-window]: \"soon\" is not a duration", StringComparison.Ordinal)).ShouldBe(1);
    }

    public void Dispose() => _logs.Dispose();

    private static ConfigMap Map(string key, string value) => new() { Data = StringMap.Of((key, value)) };

    private sealed class OneMap : IIndexer<ConfigMap>
    {
        public ConfigMap? Only { get; set; }

        public ConfigMap? Get(NamespacedName name) => name == new NamespacedName("knative-serving", "config-autoscaler") ? Only : null;

        public IReadOnlyCollection<ConfigMap> List() => throw new NotSupportedException();

        public IReadOnlyCollection<ConfigMap> OwnedBy(string uid) => throw new NotSupportedException();

        public IReadOnlyCollection<ConfigMap> WithLabel(string @namespace, string label, string value) => throw new NotSupportedException();
    }
}
