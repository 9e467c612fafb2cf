using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Rules.Eventing.Destinations;

namespace Kip.Rules.Eventing.Brokers;

/// <summary>What the Broker planner sees.</summary>
public sealed record BrokerView
{
    public required Broker Broker { get; init; }

    /// <summary>The data of the ConfigMap that <c>spec.config</c> names; null when there is no such ConfigMap.</summary>
    public StringMap? Config { get; init; }

    /// <summary>What the dead letter sink refers to.</summary>
    public Referents Referents { get; init; } = Referents.None;

    /// <summary>Whether the ingress, which takes events in, has an endpoint.</summary>
    public bool IsIngressUp { get; init; }

    /// <summary>Whether the data plane takes events in for this Broker.</summary>
    public bool IsServed { get; init; }

    /// <summary>Whether every event of this Broker has been delivered or has become a dead letter.</summary>
    public bool IsDrained { get; init; }
    public required DateTimeOffset Now { get; init; }
}
