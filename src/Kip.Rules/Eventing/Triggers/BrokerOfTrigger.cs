using Kip.Resources;
using Kip.Resources.Eventing;

namespace Kip.Rules.Eventing.Triggers;

/// <summary>Which Broker a Trigger is for.</summary>
public static class BrokerOfTrigger
{
    /// <summary>The Broker's key; of the Trigger's own namespace unless its <c>brokerRef</c> says otherwise.</summary>
    public static NamespacedName Of(Trigger trigger) => trigger.Spec.BrokerRef is { } reference
        ? new(string.IsNullOrEmpty(reference.Namespace) ? trigger.Metadata.Namespace : reference.Namespace, reference.Name ?? "")
        : new(trigger.Metadata.Namespace, trigger.Spec.Broker ?? "");
}
