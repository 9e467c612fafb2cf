using Kip.Resources;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Serving.Services;

/// <summary>What the Service planner sees.</summary>
public sealed record ServiceView
{
    public required Service Service { get; init; }

    /// <summary>The Configuration of the same name, whoever owns it; null when there is none.</summary>
    public Configuration? Configuration { get; init; }

    /// <summary>The Route of the same name, whoever owns it; null when there is none.</summary>
    public Route? Route { get; init; }

    /// <summary>The Revision that carries the name the template asks for; null when there is none, or no name is asked for.</summary>
    public Revision? NamedRevision { get; init; }

    public ServingConfig Config { get; init; } = ServingConfig.Default;
    public required DateTimeOffset Now { get; init; }
}
