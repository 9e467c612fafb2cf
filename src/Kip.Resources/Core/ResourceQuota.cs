using System.Text.Json.Serialization;

namespace Kip.Resources.Core;

/// <summary>How much a namespace may have of what: objects, and what pods request.</summary>
public sealed record ResourceQuota : Resource<ResourceQuotaSpec, ResourceQuotaStatus>, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "", Version = "v1", Kind = "ResourceQuota", Plural = "resourcequotas", Singular = "resourcequota", Namespaced = true,
        ShortNames = ["quota"], HasStatus = true, StrategicMerge = true,
        ClrType = typeof(ResourceQuota),
    };

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record ResourceQuotaSpec
{
    /// <summary>Quantities by what they limit: <c>pods</c>, <c>requests.cpu</c>, <c>count/deployments.apps</c>…</summary>
    [JsonConverter(typeof(QuantitiesConverter))]
    public StringMap Hard { get; init; }
    public ValueList<string> Scopes { get; init; }
    public ScopeSelector? ScopeSelector { get; init; }
}

public sealed record ScopeSelector
{
    public ValueList<ScopeRequirement> MatchExpressions { get; init; }
}

public sealed record ScopeRequirement
{
    public string ScopeName { get; init => field = value ?? ""; } = "";
    public string Operator { get; init => field = value ?? ""; } = "";
    public ValueList<string> Values { get; init; }
}

public sealed record ResourceQuotaStatus
{
    [JsonConverter(typeof(QuantitiesConverter))]
    public StringMap Hard { get; init; }
    [JsonConverter(typeof(QuantitiesConverter))]
    public StringMap Used { get; init; }
}
