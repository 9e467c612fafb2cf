using Kip.Resources;
using Kip.Resources.Serving;

namespace Kip.Rules.Serving.Configurations;

/// <summary>What the Configuration planner sees.</summary>
public sealed record ConfigurationView
{
    public required Configuration Configuration { get; init; }

    /// <summary>The Revisions that the Configuration controls, in any order.</summary>
    public ValueList<Revision> Revisions { get; init; }

    /// <summary>The Revision that carries the name the template asks for, whoever owns it; null when there is none.</summary>
    public Revision? NamedRevision { get; init; }
    public required DateTimeOffset Now { get; init; }
}
