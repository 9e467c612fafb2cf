namespace Kip.Resources.Serving;

/// <summary>A domain name of the user's own for something addressable; the object's name is the domain.</summary>
public sealed record DomainMapping : Resource<DomainMappingSpec, DomainMappingStatus>, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "serving.knative.dev", Version = "v1beta1", Kind = "DomainMapping", Plural = "domainmappings", Singular = "domainmapping",
        Namespaced = true, ShortNames = ["dm"], Categories = ["all", "knative", "serving"], HasStatus = true,
        ClrType = typeof(DomainMapping),
    };

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record DomainMappingSpec
{
    /// <summary>What the domain leads to, e.g. a Service of the same namespace. Required.</summary>
    public KReference? Ref { get; init; }

    /// <summary>A certificate of the user's own. Null: none, or one that is issued automatically.</summary>
    public SecretTls? Tls { get; init; }
}

public sealed record SecretTls
{
    /// <summary>A Secret of type <c>kubernetes.io/tls</c> in the same namespace.</summary>
    public string? SecretName { get; init; }
}

public sealed record DomainMappingStatus
{
    public long ObservedGeneration { get; init; }
    public ValueList<Condition> Conditions { get; init; }
    public StringMap Annotations { get; init; }
    public string? Url { get; init; }
    public Addressable? Address { get; init; }
}
