using Kip.Resources;
using Kip.Resources.Networking;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Serving.Routes;

/// <summary>What the Route planner sees.</summary>
public sealed record RouteView
{
    public required Route Route { get; init; }

    /// <summary>The Configurations that the Route's traffic names, those that exist, in any order.</summary>
    public ValueList<Configuration> Configurations { get; init; }

    /// <summary>
    /// The Revisions named, the latest ready ones of the Configurations named, and those that a rollout still serves; those that exist, in any
    /// order.
    /// </summary>
    public ValueList<Revision> Revisions { get; init; }

    /// <summary>The Ingress of the same name, whoever owns it; null when there is none.</summary>
    public Ingress? Ingress { get; init; }

    /// <summary>The Certificates that the Route controls, and any that have a name it wants; in any order.</summary>
    public ValueList<Certificate> Certificates { get; init; }
    public ServingConfig Config { get; init; } = ServingConfig.Default;
    public required DateTimeOffset Now { get; init; }

    internal Configuration? FindConfiguration(string name)
    {
        foreach (var configuration in Configurations)
            if (configuration.Metadata.Name == name) return configuration;
        return null;
    }

    internal Revision? FindRevision(string name)
    {
        foreach (var revision in Revisions)
            if (revision.Metadata.Name == name) return revision;
        return null;
    }
}
