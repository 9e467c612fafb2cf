using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Resources.Planning;
using Kip.Rules.Conditions;
using Kip.Rules.Eventing.Brokers;
using Kip.Rules.Eventing.Destinations;

namespace Kip.Rules.Eventing.Triggers;

/// <summary>Says where a Trigger's events go, and whether they do.</summary>
/// <remarks>The data plane reads the resolved URIs in the status; there is no Subscription behind a Trigger, so nothing is made here.</remarks>
public static class TriggerPlanner
{
    public const string BrokerReady = "BrokerReady";
    public const string SubscriptionReady = "SubscriptionReady";
    public const string DependencyReady = "DependencyReady";
    public const string SubscriberResolved = "SubscriberResolved";
    public const string IdentityCreated = "OIDCIdentityCreated";

    public static readonly ConditionSet Conditions = ConditionSet.Living(
        BrokerReady, SubscriptionReady, DependencyReady, SubscriberResolved, DeadLetterSinks.Resolved, IdentityCreated);

    /// <summary>Decides what a Trigger's status should say.</summary>
    public static Plan Plan(TriggerView seen)
    {
        var trigger = seen.Trigger;
        if (Draining.Plan(trigger, seen.IsDrained) is { } ending) return ending;
        var conditions = Conditions.Take(trigger.Status.Conditions, seen.Now);
        var status = trigger.Status with { ObservedGeneration = trigger.Metadata.Generation };

        // 1. The Broker: without it nothing else is of use, and what was resolved before stays.
        if (seen.Broker is { } foreign && IsForeign(foreign)) return Resources.Planning.Plan.Nothing;
        conditions = MarkBroker(seen, conditions);
        if (!conditions.IsTrue(BrokerReady)) return Conclude(seen, status, conditions);

        // 2. Where events go.
        conditions = conditions.MarkTrue(IdentityCreated, "authentication-oidc feature disabled");
        status = ResolveSubscriber(seen, status, ref conditions);
        status = ResolveDeadLetterSink(seen, status, ref conditions);

        // 3. What must be there first, and whether the data plane has taken it up.
        conditions = DependencyCheck.Mark(seen, conditions);
        if (conditions.IsTrue(SubscriberResolved)) conditions = MarkSubscription(seen, status, conditions);
        return Conclude(seen, status, conditions);
    }

    private static bool IsForeign(Broker broker) =>
        !BrokerClasses.IsServed(broker.Metadata.Annotations.Get(EventingAnnotations.BrokerClass)) && !BrokerPlanner.IsUnserved(broker);

    private static LivingConditions MarkBroker(TriggerView seen, LivingConditions conditions)
    {
        var name = BrokerOfTrigger.Of(seen.Trigger).Name;
        if (seen.Broker is not { Metadata.DeletionTimestamp: null } broker)
            return conditions.MarkFalse(BrokerReady, "BrokerDoesNotExist", $"Broker \"{name}\" does not exist");
        var isCurrent = broker.Status.ObservedGeneration == broker.Metadata.Generation || BrokerPlanner.IsUnserved(broker);
        return isCurrent
            ? conditions.Copy(BrokerReady, broker.Status.Conditions.Find(ConditionSet.Ready))
            : conditions.MarkUnknown(BrokerReady, "BrokerNotConfigured", "Broker has not yet been reconciled.");
    }

    private static TriggerStatus ResolveSubscriber(TriggerView seen, TriggerStatus status, ref LivingConditions conditions)
    {
        var resolved = seen.Referents.Resolve(seen.Trigger.Spec.Subscriber, seen.Trigger.Metadata.Namespace, out var error);
        conditions = resolved is null
            ? conditions.MarkFalse(SubscriberResolved, "Unable to get the Subscriber's URI", error)
            : conditions.MarkTrue(SubscriberResolved);
        return status with
        {
            SubscriberUri = resolved?.Url, SubscriberCACerts = resolved?.CACerts, SubscriberAudience = resolved?.Audience,
        };
    }

    // A Trigger's own sink, else the Broker's: it is the one thing that a delivery of its own does not replace.
    private static TriggerStatus ResolveDeadLetterSink(TriggerView seen, TriggerStatus status, ref LivingConditions conditions)
    {
        var broker = seen.Broker!;
        if (seen.Trigger.Spec.Delivery?.DeadLetterSink is not null || broker.Spec.Delivery?.DeadLetterSink is null)
        {
            var own = DeadLetterSinks.Resolve(
                seen.Trigger.Spec.Delivery, seen.Trigger.Metadata.Namespace, seen.Referents, ref conditions);
            return status with { DeadLetterSinkUri = own?.Url, DeadLetterSinkCACerts = own?.CACerts, DeadLetterSinkAudience = own?.Audience };
        }
        conditions = string.IsNullOrEmpty(broker.Status.DeadLetterSinkUri)
            ? conditions.MarkFalse(
                DeadLetterSinks.Resolved, $"Broker {broker.Metadata.Name} didn't set status.deadLetterSinkURI",
                "the Broker's dead letter sink is not resolved")
            : conditions.MarkTrue(DeadLetterSinks.Resolved);
        return status with
        {
            DeadLetterSinkUri = broker.Status.DeadLetterSinkUri,
            DeadLetterSinkCACerts = broker.Status.DeadLetterSinkCACerts,
            DeadLetterSinkAudience = broker.Status.DeadLetterSinkAudience,
        };
    }

    // The data plane reads the status that is written here, and then tells that it delivers accordingly.
    private static LivingConditions MarkSubscription(TriggerView seen, TriggerStatus status, LivingConditions conditions) =>
        seen.IsServedElsewhere || seen.ServedUri == status.SubscriberUri
            ? conditions.MarkTrue(SubscriptionReady)
            : conditions.MarkUnknown(SubscriptionReady, "SubscriptionNotConfigured", "Subscription has not yet been reconciled.");

    private static Plan Conclude(TriggerView seen, TriggerStatus status, LivingConditions conditions) =>
        new(Draining.Finalizer(seen.Trigger), seen.Trigger with { Status = status with { Conditions = conditions.ToList() } });
}
