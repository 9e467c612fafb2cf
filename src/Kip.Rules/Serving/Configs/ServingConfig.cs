using Kip.Resources;
using Kip.Rules.Admission;
using Kip.Rules.Scaling;

namespace Kip.Rules.Serving.Configs;

/// <summary>The ConfigMaps of Serving, read once per change and handed to planners and admission.</summary>
public sealed record ServingConfig
{
    public static readonly ServingConfig Default = From(PlatformConfig.Default);

    public DefaultsConfig Defaults { get; init; } = DefaultsConfig.Default;
    public FeaturesConfig Features { get; init; } = FeaturesConfig.Default;
    public DeploymentConfig Deployment { get; init; } = DeploymentConfig.Default;
    public NetworkConfig Network { get; init; } = NetworkConfig.Default;
    public DomainConfig Domain { get; init; } = DomainConfig.Default;
    public GarbageCollectionConfig GarbageCollection { get; init; } = GarbageCollectionConfig.Default;

    /// <summary>config-autoscaler; all defaults when the map is wrong.</summary>
    public AutoscalerConfig Autoscaler { get; init; } = AutoscalerConfig.Default;

    /// <summary>The raw maps, for rules of other features (autoscaling).</summary>
    public required PlatformConfig Platform { get; init; }

    /// <summary>The ConfigMaps that are read here.</summary>
    public static IReadOnlyList<string> MapNames { get; } =
        [DefaultsConfig.MapName, FeaturesConfig.MapName, DeploymentConfig.MapName, NetworkConfig.MapName, DomainConfig.MapName,
            GarbageCollectionConfig.MapName];

    /// <summary>Reads all maps; wrong values are at their defaults (<see cref="Validate"/> refuses them before they are stored).</summary>
    public static ServingConfig From(PlatformConfig platform) => new()
    {
        Defaults = DefaultsConfig.Parse(platform[DefaultsConfig.MapName], out _),
        Features = new FeaturesConfig(platform[FeaturesConfig.MapName]),
        Deployment = DeploymentConfig.Parse(platform[DeploymentConfig.MapName], out _),
        Network = NetworkConfig.Parse(platform[NetworkConfig.MapName], out _),
        Domain = DomainConfig.Parse(platform[DomainConfig.MapName], out _),
        GarbageCollection = GarbageCollectionConfig.Parse(platform[GarbageCollectionConfig.MapName], out _),
        Autoscaler = AutoscalerConfig.TryParse(platform[AutoscalerConfig.MapName], out var autoscaler, out _)
            ? autoscaler
            : AutoscalerConfig.Default,
        Platform = platform,
    };

    /// <summary>What is wrong with the data of one ConfigMap; empty for maps that are not read here.</summary>
    public static IReadOnlyList<FieldError> Validate(string mapName, StringMap data)
    {
        IReadOnlyList<FieldError> errors = [];
        switch (mapName)
        {
            case DefaultsConfig.MapName: DefaultsConfig.Parse(data, out errors); break;
            case DeploymentConfig.MapName: DeploymentConfig.Parse(data, out errors); break;
            case NetworkConfig.MapName: NetworkConfig.Parse(data, out errors); break;
            case DomainConfig.MapName: DomainConfig.Parse(data, out errors); break;
            case GarbageCollectionConfig.MapName: GarbageCollectionConfig.Parse(data, out errors); break;
            case ObservabilityConfig.MapName: ObservabilityConfig.Parse(data, out errors); break;
            case LeaderElectionConfig.MapName: errors = LeaderElectionConfig.Validate(data); break;
            case LoggingConfig.MapName: errors = LoggingConfig.Validate(data); break;
        }
        return errors;
    }
}
