using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Rules.Eventing.Destinations;

namespace Kip.Rules.Eventing.Triggers;

/// <summary>What the Trigger planner sees.</summary>
public sealed record TriggerView
{
    public required Trigger Trigger { get; init; }

    /// <summary>The Broker that the Trigger names; null when there is none.</summary>
    public Broker? Broker { get; init; }

    /// <summary>The object that the dependency annotation names; null when there is none.</summary>
    public Resource? Dependency { get; init; }

    /// <summary>What subscriber and dead letter sink refer to.</summary>
    public Referents Referents { get; init; } = Referents.None;

    /// <summary>Where the data plane delivers the Trigger's events now; null: nowhere yet.</summary>
    public string? ServedUri { get; init; }

    /// <summary>Whether the data plane runs in another process, so that it cannot be asked.</summary>
    public bool IsServedElsewhere { get; init; }

    /// <summary>Whether every event for this Trigger has been delivered or has become a dead letter.</summary>
    public bool IsDrained { get; init; }
    public required DateTimeOffset Now { get; init; }
}
