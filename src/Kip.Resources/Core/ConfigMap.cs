namespace Kip.Resources.Core;

/// <summary>Configuration as key and text.</summary>
public sealed record ConfigMap : Resource, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "", Version = "v1", Kind = "ConfigMap", Plural = "configmaps", Singular = "configmap", Namespaced = true,
        ShortNames = ["cm"], StrategicMerge = true, ClrType = typeof(ConfigMap),
    };

    public StringMap Data { get; init; }
    public StringMap BinaryData { get; init; }
    public bool? Immutable { get; init; }

    public override KindDefinition GetDefinition() => Definition;
}
