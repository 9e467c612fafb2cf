using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Eventing;
using Kip.Resources.Planning;
using Kip.Rules.Eventing.Configs;
using Kip.Rules.Eventing.Triggers;

namespace Kip.Rules.Eventing.Brokers;

/// <summary>Makes Brokers that nobody wrote down, where <c>config-sugar</c> asks for it. They are never changed or deleted again from here.</summary>
public static class SugarPlanner
{
    private const string Default = "default";

    /// <summary>A Broker called <c>default</c> for a namespace that the selector chooses.</summary>
    /// <param name="broker">The Broker of that name; null when there is none.</param>
    public static Plan Plan(Namespace space, Broker? broker, SugarConfig config) =>
        broker is null && space.Metadata.DeletionTimestamp is null && config.Namespaces?.Matches(space.Metadata.Labels) == true
            ? Make(new(space.Metadata.Name, Default))
            : Resources.Planning.Plan.Nothing;

    /// <summary>The Broker that a Trigger which the selector chooses names.</summary>
    /// <param name="broker">The Broker of that name; null when there is none.</param>
    public static Plan Plan(Trigger trigger, Broker? broker, SugarConfig config) =>
        broker is null && trigger.Metadata.DeletionTimestamp is null && trigger.Spec.BrokerRef is null
        && config.Triggers?.Matches(trigger.Metadata.Labels) == true
            ? Make(BrokerOfTrigger.Of(trigger))
            : Resources.Planning.Plan.Nothing;

    private static Plan Make(NamespacedName name) => new([new Edit.Create(new Broker
    {
        Metadata = new() { Name = name.Name, Namespace = name.Namespace, Labels = StringMap.Of((EventingLabels.Injected, "true")) },
    })]);
}
