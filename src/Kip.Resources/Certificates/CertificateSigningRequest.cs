namespace Kip.Resources.Certificates;

/// <summary>Asks for a certificate: somebody approves it, and the signer that it names issues it.</summary>
public sealed record CertificateSigningRequest : Resource<CertificateSigningRequestSpec, CertificateSigningRequestStatus>, IResource
{
    /// <summary>The signer of client certificates for this API: Kip's own CA.</summary>
    public const string ApiClientSigner = "kubernetes.io/kube-apiserver-client";

    public static KindDefinition Definition { get; } = new()
    {
        Group = "certificates.k8s.io", Version = "v1", Kind = "CertificateSigningRequest", Plural = "certificatesigningrequests",
        Singular = "certificatesigningrequest", Namespaced = false, ShortNames = ["csr"], HasStatus = true, StrategicMerge = true,
        ClrType = typeof(CertificateSigningRequest),
    };

    public override KindDefinition GetDefinition() => Definition;

    /// <summary>The condition of a type, or null.</summary>
    public SigningCondition? Condition(string type) => Status.Conditions.FirstOrDefault(condition => condition.Type == type);
}

/// <summary>What is asked for, and who asks. It cannot be changed.</summary>
public sealed record CertificateSigningRequestSpec
{
    /// <summary>The PEM of a PKCS #10 request, as base64.</summary>
    public string? Request { get; init; }
    public string? SignerName { get; init; }
    public int? ExpirationSeconds { get; init; }
    public ValueList<string> Usages { get; init; }

    /// <summary>Who created the object; set by the server, as are the next three.</summary>
    public string? Username { get; init; }
    public string? Uid { get; init; }
    public ValueList<string> Groups { get; init; }
    public RawJson? Extra { get; init; }
}

/// <summary>Whether it was approved, and the certificate.</summary>
public sealed record CertificateSigningRequestStatus
{
    public ValueList<SigningCondition> Conditions { get; init; }

    /// <summary>The issued certificate's PEM, as base64.</summary>
    public string? Certificate { get; init; }
}

/// <summary>What became of a request: <c>Approved</c>, <c>Denied</c> or <c>Failed</c>.</summary>
public sealed record SigningCondition
{
    public const string Approved = "Approved";
    public const string Denied = "Denied";
    public const string Failed = "Failed";

    public required string Type { get; init; }
    public string? Status { get; init; }
    public string? Reason { get; init; }
    public string? Message { get; init; }
    public DateTimeOffset? LastUpdateTime { get; init; }
    public DateTimeOffset? LastTransitionTime { get; init; }
}
