using Kip.Client.Informers;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Admission;
using Kip.Rules.Scaling;
using Kip.Rules.Serving.Configs;

namespace Kip.Controllers.Serving;

/// <summary>The typed configuration in force, read anew only when one of its ConfigMaps has changed.</summary>
internal sealed class ServingConfigCache(IIndexer<ConfigMap> maps)
{
    private static readonly NamespacedName[] Keys =
        [.. ServingConfig.MapNames.Append(AutoscalerConfig.MapName).Append("config-observability")
            .Select(static n => new NamespacedName(PlatformConfig.SystemNamespace, n))];

    private sealed record Snapshot(ConfigMap?[] Maps, ServingConfig Config);

    // Two workers may read at once: each then makes the same snapshot, and the later stays.
    private volatile Snapshot? _snapshot;

    /// <summary>Whether a ConfigMap is one of those read here.</summary>
    public static bool Reads(ConfigMap map) => Keys.Contains(map.Key);

    public ServingConfig Current
    {
        get
        {
            var snapshot = _snapshot;
            if (snapshot is not null && IsCurrent(snapshot)) return snapshot.Config;
            snapshot = Read();
            _snapshot = snapshot;
            return snapshot.Config;
        }
    }

    private bool IsCurrent(Snapshot snapshot)
    {
        for (var i = 0; i < Keys.Length; i++)
            if (!ReferenceEquals(maps.Get(Keys[i]), snapshot.Maps[i])) return false;
        return true;
    }

    private Snapshot Read()
    {
        ConfigMap?[] read = [.. Keys.Select(maps.Get)];
        var data = new Dictionary<string, StringMap>();
        foreach (var map in read)
            if (map is not null) data[map.Metadata.Name] = map.Data;
        return new Snapshot(read, ServingConfig.From(new PlatformConfig(data)));
    }
}
