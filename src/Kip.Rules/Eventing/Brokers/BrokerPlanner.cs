using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Resources.Planning;
using Kip.Rules.Conditions;
using Kip.Rules.Eventing.Configs;
using Kip.Rules.Eventing.Destinations;

namespace Kip.Rules.Eventing.Brokers;

/// <summary>Says where a Broker takes events in, and whether it can.</summary>
/// <remarks>The data plane keeps a durable log for each Broker; there is no channel behind it, so nothing is made here.</remarks>
public static class BrokerPlanner
{
    public const string IngressReady = "IngressReady";
    public const string TriggerChannelReady = "TriggerChannelReady";
    public const string FilterReady = "FilterReady";
    public const string Addressable = "Addressable";

    /// <summary>The reason of a Broker whose class nobody serves.</summary>
    public const string ClassNotServed = "BrokerClassNotServed";

    public static readonly ConditionSet Conditions = ConditionSet.Living(
        IngressReady, TriggerChannelReady, FilterReady, Addressable, DeadLetterSinks.Resolved, EventPolicies.Ready);

    private static readonly ConditionSet ForeignConditions = ConditionSet.Living();

    /// <summary>Decides what a Broker's status should say.</summary>
    public static Plan Plan(BrokerView seen)
    {
        var broker = seen.Broker;
        if (!BrokerClasses.IsServed(broker.Metadata.Annotations.Get(EventingAnnotations.BrokerClass))) return PlanForeign(seen);
        if (Draining.Plan(broker, seen.IsDrained) is { } ending) return ending;

        var conditions = Conditions.Take(broker.Status.Conditions, seen.Now);
        conditions = MarkConfig(seen, conditions);
        var sink = DeadLetterSinks.Resolve(broker.Spec.Delivery, broker.Metadata.Namespace, seen.Referents, ref conditions);
        conditions = MarkEndpoint(seen, IngressReady, EventingNames.BrokerIngress, conditions);
        conditions = MarkEndpoint(seen, FilterReady, EventingNames.BrokerFilter, conditions);
        conditions = EventPolicies.Mark(conditions.MarkTrue(Addressable));

        var address = AddressOf(broker);
        var status = broker.Status with
        {
            ObservedGeneration = broker.Metadata.Generation,
            Conditions = conditions.ToList(),
            Address = address,
            Addresses = default,
            DeadLetterSinkUri = sink?.Url,
            DeadLetterSinkCACerts = sink?.CACerts,
            DeadLetterSinkAudience = sink?.Audience,
        };
        return new Plan(Draining.Finalizer(broker), broker with { Status = status });
    }

    /// <summary>Where a Broker takes events in.</summary>
    public static string UrlOf(NamespacedName broker) =>
        $"http://{EventingNames.HostOf(EventingNames.BrokerIngress, EventingNames.SystemNamespace)}/{broker.Namespace}/{broker.Name}";

    private static Addressable AddressOf(Broker broker)
    {
        var address = new Addressable { Name = "http", Url = UrlOf(broker.Key) };
        return broker.Status.Address == address ? broker.Status.Address : address;
    }

    // The channel that the config names is not made, but a config that Knative would stumble over is told all the same.
    private static LivingConditions MarkConfig(BrokerView seen, LivingConditions conditions)
    {
        if (seen.Broker.Spec.Config is not { } reference) return conditions.MarkTrue(TriggerChannelReady);
        var error = "";
        if (reference is not { Kind: "ConfigMap", ApiVersion: "v1" })
            error = $"Broker.Spec.Config configuration not supported, only [kind: ConfigMap, apiVersion: v1] is: got {reference.Kind} {reference.ApiVersion}";
        else if (seen.Config is not { } data) error = $"configmaps \"{reference.Name}\" not found";
        else ChannelTemplateConfig.Read(data, out error);
        return error.Length == 0
            ? conditions.MarkTrue(TriggerChannelReady)
            : conditions.MarkFalse(TriggerChannelReady, "ChannelTemplateFailed", $"Error on setting up the ChannelTemplate: {error}");
    }

    private static LivingConditions MarkEndpoint(BrokerView seen, string type, string service, LivingConditions conditions) => seen switch
    {
        { IsIngressUp: false } =>
            conditions.MarkFalse(type, "EndpointSlicesUnavailable", $"EndpointSlices for Service \"{service}\" are unavailable."),
        { IsServed: false } => conditions.MarkUnknown(type, "NotYetServed", "The data plane has not taken up the Broker yet."),
        _ => conditions.MarkTrue(type),
    };

    // Whoever serves the class writes the status; as long as nobody has, it says what is the matter.
    private static Plan PlanForeign(BrokerView seen)
    {
        var broker = seen.Broker;
        if (!broker.Status.Conditions.IsEmpty && !IsUnserved(broker)) return Resources.Planning.Plan.Nothing;
        var @class = broker.Metadata.Annotations.Get(EventingAnnotations.BrokerClass);
        var conditions = ForeignConditions.Take(broker.Status.Conditions, seen.Now).MarkUnknown(
            ConditionSet.Ready, ClassNotServed,
            $"No controller has taken up Brokers of class \"{@class}\"; Kip serves {BrokerClasses.MultiTenant} and {BrokerClasses.Kip}.");
        return new Plan([], broker with { Status = broker.Status with { Conditions = conditions.ToList() } });
    }

    /// <summary>Whether a Broker's status says that nobody serves its class.</summary>
    internal static bool IsUnserved(Broker broker) => broker.Status.Conditions.Find(ConditionSet.Ready)?.Reason == ClassNotServed;
}
