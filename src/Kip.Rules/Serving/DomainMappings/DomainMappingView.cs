using Kip.Resources;
using Kip.Resources.Networking;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Serving.DomainMappings;

/// <summary>What the DomainMapping planner sees.</summary>
public sealed record DomainMappingView
{
    public required DomainMapping Mapping { get; init; }

    /// <summary>The claim to the domain, whoever has it; null when there is none.</summary>
    public ClusterDomainClaim? Claim { get; init; }

    /// <summary>What the mapping refers to; null when it does not exist, or is of a kind without an address.</summary>
    public Resource? Target { get; init; }

    /// <summary>The Ingress of the mapping's name, whoever owns it; null when there is none.</summary>
    public Ingress? Ingress { get; init; }

    /// <summary>The Certificate of the mapping's name, whoever owns it; null when there is none.</summary>
    public Certificate? Certificate { get; init; }
    public ServingConfig Config { get; init; } = ServingConfig.Default;
    public required DateTimeOffset Now { get; init; }
}
