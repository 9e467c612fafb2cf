namespace Kip.Resources.Networking;

/// <summary>Which namespace may map a domain; the object's name is the domain. It belongs to no namespace, so there is one per domain.</summary>
public sealed record ClusterDomainClaim : Resource, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "networking.internal.knative.dev", Version = "v1alpha1", Kind = "ClusterDomainClaim", Plural = "clusterdomainclaims",
        Singular = "clusterdomainclaim", Namespaced = false, ShortNames = ["cdc"], Categories = ["knative-internal", "networking"],
        ClrType = typeof(ClusterDomainClaim),
    };

    public ClusterDomainClaimSpec Spec { get; init => field = value ?? new(); } = new();

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record ClusterDomainClaimSpec
{
    /// <summary>The only namespace in which a DomainMapping may use the domain. Required.</summary>
    public string? Namespace { get; init; }
}
