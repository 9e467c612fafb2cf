using System.Text.Json.Serialization;

namespace Kip.Resources.Coordination;

/// <summary>Who holds a role, and until when.</summary>
public sealed record Lease : Resource, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "coordination.k8s.io", Version = "v1", Kind = "Lease", Plural = "leases", Singular = "lease", Namespaced = true,
        StrategicMerge = true, ClrType = typeof(Lease),
    };

    public LeaseSpec Spec { get; init => field = value ?? new(); } = new();

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record LeaseSpec
{
    public string? HolderIdentity { get; init; }
    public int? LeaseDurationSeconds { get; init; }
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? AcquireTime { get; init; }
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? RenewTime { get; init; }
    public int? LeaseTransitions { get; init; }
    public string? Strategy { get; init; }
    public string? PreferredHolder { get; init; }
}
