using Kip.Resources;
using Kip.Resources.Serving;

namespace Kip.Rules.Serving.Labeling;

/// <summary>What the labeler sees.</summary>
public sealed record LabelerView
{
    /// <summary>Which Route: it may be gone.</summary>
    public required NamespacedName Key { get; init; }

    /// <summary>Null when there is no such Route (any more).</summary>
    public Route? Route { get; init; }

    /// <summary>The Configurations that the Route refers to or that say so of themselves, in any order.</summary>
    public ValueList<Configuration> Configurations { get; init; }

    /// <summary>The Revisions that the Route refers to or that say so of themselves, in any order.</summary>
    public ValueList<Revision> Revisions { get; init; }
    public required DateTimeOffset Now { get; init; }
}
