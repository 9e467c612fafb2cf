using Kip.Client.Informers;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Eventing;
using Kip.Rules.Eventing.Configs;

namespace Kip.Controllers.Eventing;

/// <summary>The typed configuration in force, read anew only when one of its ConfigMaps has changed.</summary>
internal sealed class EventingConfigCache(IIndexer<ConfigMap> maps)
{
    private static readonly NamespacedName[] Keys =
        [.. EventingConfig.MapNames.Select(static n => new NamespacedName(EventingNames.SystemNamespace, n))];

    private sealed record Snapshot(ConfigMap?[] Maps, EventingConfig Config);

    // Two workers may read at once: each then makes the same snapshot, and the later stays.
    private volatile Snapshot? _snapshot;

    /// <summary>Whether a ConfigMap is one of those read here.</summary>
    public static bool Reads(ConfigMap map) => Keys.Contains(map.Key);

    public EventingConfig Current
    {
        get
        {
            ConfigMap?[] present = [.. Keys.Select(maps.Get)];
            if (_snapshot is { } snapshot && present.AsSpan().SequenceEqual(snapshot.Maps, ReferenceEqualityComparer.Instance)) return snapshot.Config;
            var data = present.OfType<ConfigMap>().ToDictionary(static m => m.Metadata.Name, static m => m.Data);
            var fresh = new Snapshot(present, EventingConfig.From(data));
            _snapshot = fresh;
            return fresh.Config;
        }
    }
}
