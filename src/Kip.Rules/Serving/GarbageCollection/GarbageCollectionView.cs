using Kip.Resources;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Serving.GarbageCollection;

/// <summary>What the garbage collector sees of one Configuration.</summary>
public sealed record GarbageCollectionView
{
    public required Configuration Configuration { get; init; }

    /// <summary>The Revisions that the Configuration controls, in any order.</summary>
    public ValueList<Revision> Revisions { get; init; }
    public GarbageCollectionConfig Config { get; init; } = GarbageCollectionConfig.Default;
    public required DateTimeOffset Now { get; init; }
}
