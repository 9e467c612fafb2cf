namespace Kip.Resources.Core;

/// <summary>An identity that workloads run under.</summary>
public sealed record ServiceAccount : Resource, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "", Version = "v1", Kind = "ServiceAccount", Plural = "serviceaccounts", Singular = "serviceaccount", Namespaced = true,
        ShortNames = ["sa"], StrategicMerge = true, ClrType = typeof(ServiceAccount),
    };

    public ValueList<ObjectReference> Secrets { get; init; }
    public ValueList<LocalObjectReference> ImagePullSecrets { get; init; }
    public bool? AutomountServiceAccountToken { get; init; }

    public override KindDefinition GetDefinition() => Definition;
}

/// <summary>Names another object.</summary>
public sealed record ObjectReference
{
    public string? Kind { get; init; }
    public string? Namespace { get; init; }
    public string? Name { get; init; }
    public string? Uid { get; init; }
    public string? ApiVersion { get; init; }
    public string? ResourceVersion { get; init; }
    public string? FieldPath { get; init; }
}
