namespace Kip.Resources;

/// <summary>Knative's reference to an object by kind and name (duck type KReference).</summary>
public sealed record KReference
{
    public string? Kind { get; init; }

    /// <summary>Null: the namespace of the object that refers.</summary>
    public string? Namespace { get; init; }
    public string? Name { get; init; }
    public string? ApiVersion { get; init; }
    public string? Group { get; init; }

    /// <summary>The name of one of several addresses of the object. Null: the first.</summary>
    public string? Address { get; init; }
}
