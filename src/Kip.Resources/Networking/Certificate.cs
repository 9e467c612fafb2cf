namespace Kip.Resources.Networking;

/// <summary>A certificate that a Route or DomainMapping asks for: names in, a Secret of type <c>kubernetes.io/tls</c> out.</summary>
/// <remarks>The seam between controllers and whoever issues: controllers write the spec, the issuer the Secret and the status.</remarks>
public sealed record Certificate : Resource<CertificateSpec, CertificateStatus>, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "networking.internal.knative.dev", Version = "v1alpha1", Kind = "Certificate", Plural = "certificates",
        Singular = "certificate", Namespaced = true, ShortNames = ["kcert"], Categories = ["knative-internal", "networking"],
        HasStatus = true, ClrType = typeof(Certificate),
    };

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record CertificateSpec
{
    /// <summary>The names that the certificate is for; at least one.</summary>
    public ValueList<string> DnsNames { get; init; }

    /// <summary>A name that one of the DNS names is, or ends in. Null: the issuer chooses.</summary>
    public string? Domain { get; init; }

    /// <summary>The Secret, in the same namespace, that gets certificate and key. Required.</summary>
    public string? SecretName { get; init; }
}

public sealed record CertificateStatus
{
    public long ObservedGeneration { get; init; }
    public ValueList<Condition> Conditions { get; init; }
    public DateTimeOffset? NotAfter { get; init; }
}
