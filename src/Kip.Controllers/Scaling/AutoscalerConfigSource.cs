using Kip.Client.Informers;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Admission;
using Kip.Rules.Scaling;
using Microsoft.Extensions.Logging;

namespace Kip.Controllers.Scaling;

/// <summary>The ConfigMap <c>config-autoscaler</c> as it is in force: a change counts at once, a wrong one leaves the last good one in force.</summary>
public sealed partial class AutoscalerConfigSource(IIndexer<ConfigMap> maps, ILogger logger)
{
    private static readonly NamespacedName Name = new(PlatformConfig.SystemNamespace, AutoscalerConfig.MapName);

    private Read _read = new(null, AutoscalerConfig.Default);

    /// <summary>The configuration at this moment.</summary>
    public AutoscalerConfig Current
    {
        get
        {
            var map = maps.Get(Name);
            var read = Volatile.Read(ref _read);
            return ReferenceEquals(map, read.Map) ? read.Config : Take(map, read.Config);
        }
    }

    /// <summary>Whether this is the ConfigMap that is read here.</summary>
    public static bool IsSource(ConfigMap map) => map.Key == Name;

    private AutoscalerConfig Take(ConfigMap? map, AutoscalerConfig lastGood)
    {
        var isGood = AutoscalerConfig.TryParse(map?.Data ?? default, out var config, out var errors);
        if (!isGood)
        {
            LogRefused(Name, string.Join("; ", errors.Select(static e => $"{e.Field}: {e.Message}")));
            config = lastGood;
        }
        Volatile.Write(ref _read, new(map, config));
        return config;
    }

    private sealed record Read(ConfigMap? Map, AutoscalerConfig Config);

    [LoggerMessage(501, LogLevel.Error, "ConfigMap {name} is not used, the last good settings stay in force. Mend it: {errors}")]
    private partial void LogRefused(NamespacedName name, string errors);
}
