using System.Text.Json.Serialization;

namespace Kip.Resources.Rbac;

/// <summary>What may be done with which resources or paths. <c>*</c> stands for all.</summary>
public sealed record PolicyRule
{
    public ValueList<string> Verbs { get; init; }

    /// <summary>Groups of <see cref="Resources"/>; the core group is the empty one.</summary>
    public ValueList<string> ApiGroups { get; init; }

    /// <summary>Plurals, with a subresource behind a slash: <c>pods</c>, <c>pods/log</c>, <c>*/scale</c>.</summary>
    public ValueList<string> Resources { get; init; }

    /// <summary>The only objects that are meant; empty: all of them.</summary>
    public ValueList<string> ResourceNames { get; init; }

    /// <summary>Paths that are no resources; one that ends in <c>*</c> stands for all that begin like it.</summary>
    [JsonPropertyName("nonResourceURLs")]
    public ValueList<string> NonResourceUrls { get; init; }
}
