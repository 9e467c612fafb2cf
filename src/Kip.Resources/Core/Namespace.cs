namespace Kip.Resources.Core;

/// <summary>A room for names. Deleting it deletes everything in it first.</summary>
public sealed record Namespace : Resource<NamespaceSpec, NamespaceStatus>, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "", Version = "v1", Kind = "Namespace", Plural = "namespaces", Singular = "namespace", Namespaced = false,
        ShortNames = ["ns"], HasStatus = true, StrategicMerge = true,
        ClrType = typeof(Namespace),
    };

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record NamespaceSpec
{
    public ValueList<string> Finalizers { get; init; }
}

public sealed record NamespaceStatus
{
    /// <value><c>Active</c> or <c>Terminating</c>.</value>
    public string? Phase { get; init; }
    public ValueList<Condition> Conditions { get; init; }
}
