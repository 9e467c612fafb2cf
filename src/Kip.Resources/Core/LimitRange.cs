using System.Text.Json.Serialization;

namespace Kip.Resources.Core;

/// <summary>What containers and pods of a namespace request when they say nothing, and the least and the most that they may.</summary>
public sealed record LimitRange : Resource, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "", Version = "v1", Kind = "LimitRange", Plural = "limitranges", Singular = "limitrange", Namespaced = true,
        ShortNames = ["limits"], StrategicMerge = true, ClrType = typeof(LimitRange),
    };

    public LimitRangeSpec Spec { get; init => field = value ?? new(); } = new();

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record LimitRangeSpec
{
    public ValueList<LimitRangeItem> Limits { get; init; }
}

public sealed record LimitRangeItem
{
    /// <value><c>Container</c>, <c>Pod</c> or <c>PersistentVolumeClaim</c>.</value>
    public string Type { get; init => field = value ?? ""; } = "";
    [JsonConverter(typeof(QuantitiesConverter))]
    public StringMap Max { get; init; }
    [JsonConverter(typeof(QuantitiesConverter))]
    public StringMap Min { get; init; }
    [JsonConverter(typeof(QuantitiesConverter))]
    public StringMap Default { get; init; }
    [JsonConverter(typeof(QuantitiesConverter))]
    public StringMap DefaultRequest { get; init; }
    [JsonConverter(typeof(QuantitiesConverter))]
    public StringMap MaxLimitRequestRatio { get; init; }
}
