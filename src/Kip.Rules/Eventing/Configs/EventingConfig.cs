using Kip.Resources;
using Kip.Rules.Admission;
using Kip.Rules.Eventing.Retention;

namespace Kip.Rules.Eventing.Configs;

/// <summary>The ConfigMaps of Eventing, read once per change and handed to planners and admission.</summary>
public sealed record EventingConfig
{
    public static readonly EventingConfig Default = new();

    public BrokerDefaultsConfig Brokers { get; init; } = BrokerDefaultsConfig.Default;
    public ChannelDefaultsConfig Channels { get; init; } = ChannelDefaultsConfig.Default;
    public EventingFeatures Features { get; init; } = EventingFeatures.Default;
    public SugarConfig Sugar { get; init; } = SugarConfig.Default;

    /// <summary>The ConfigMaps that are read here.</summary>
    public static IReadOnlyList<string> MapNames { get; } =
        [BrokerDefaultsConfig.MapName, ChannelDefaultsConfig.MapName, EventingFeatures.MapName, SugarConfig.MapName];

    /// <summary>Reads all maps; wrong values are at their defaults (<see cref="Validate"/> refuses them before they are stored).</summary>
    /// <param name="maps">The data of the ConfigMaps in Eventing's namespace, by name; one that is missing has its defaults.</param>
    public static EventingConfig From(IReadOnlyDictionary<string, StringMap> maps) => new()
    {
        Brokers = BrokerDefaultsConfig.Parse(maps.GetValueOrDefault(BrokerDefaultsConfig.MapName), out _),
        Channels = ChannelDefaultsConfig.Parse(maps.GetValueOrDefault(ChannelDefaultsConfig.MapName), out _),
        Features = new EventingFeatures(maps.GetValueOrDefault(EventingFeatures.MapName)),
        Sugar = SugarConfig.Parse(maps.GetValueOrDefault(SugarConfig.MapName), out _),
    };

    /// <summary>What is wrong with the data of one ConfigMap; empty for maps that are not read here.</summary>
    public static IReadOnlyList<FieldError> Validate(string mapName, StringMap data)
    {
        IReadOnlyList<FieldError> errors = [];
        switch (mapName)
        {
            case BrokerDefaultsConfig.MapName: BrokerDefaultsConfig.Parse(data, out errors); break;
            case ChannelDefaultsConfig.MapName: ChannelDefaultsConfig.Parse(data, out errors); break;
            case ChannelTemplateConfig.MapName: errors = ChannelTemplateConfig.Validate(data); break;
            case EventingFeatures.MapName: errors = EventingFeatures.Validate(data); break;
            case RetentionAnnotations.MapName: errors = RetentionAnnotations.Validate(data); break;
            case SugarConfig.MapName: SugarConfig.Parse(data, out errors); break;
        }
        return errors;
    }
}
