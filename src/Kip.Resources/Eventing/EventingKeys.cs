namespace Kip.Resources.Eventing;

/// <summary>The labels that Knative Eventing puts on objects.</summary>
public static class EventingLabels
{
    public const string Broker = "eventing.knative.dev/broker";
    public const string Trigger = "eventing.knative.dev/trigger";
    public const string Injected = "eventing.knative.dev/injected";
    public const string MessagingRole = "messaging.knative.dev/role";
}

/// <summary>The annotations that Knative Eventing reads and writes.</summary>
public static class EventingAnnotations
{
    /// <summary>Which implementation serves a Broker; one of <see cref="BrokerClasses"/>.</summary>
    public const string BrokerClass = "eventing.knative.dev/broker.class";
    public const string Injection = "eventing.knative.dev/injection";

    /// <summary>On a Trigger: a source that must be ready first, as a JSON object reference.</summary>
    public const string Dependency = "knative.dev/dependency";

    /// <summary>On an InMemoryChannel: <c>cluster</c> or <c>namespace</c>.</summary>
    public const string Scope = "eventing.knative.dev/scope";
    public const string Subscribable = "messaging.knative.dev/subscribable";

    /// <summary>On a Broker, Trigger, Channel, InMemoryChannel or Subscription: what becomes of undelivered events when it is deleted.</summary>
    public const string Deletion = "kip.dev/on-delete";
}

/// <summary>What becomes of events that have not been delivered when their Trigger, Subscription, Broker or channel is deleted.</summary>
public static class DeletionPolicies
{
    /// <summary>Deletion waits until they are delivered or have become dead letters.</summary>
    public const string Drain = "drain";

    /// <summary>They are given up at once. The default, as in Knative.</summary>
    public const string Drop = "drop";
}

/// <summary>The classes of Broker that Kip serves. Both are the same durable, replayable broker.</summary>
public static class BrokerClasses
{
    public const string MultiTenant = "MTChannelBasedBroker";
    public const string Kip = "Kip";

    /// <summary>Whether Kip serves Brokers of a class.</summary>
    public static bool IsServed(string? @class) => @class is MultiTenant or Kip;
}

/// <summary>Names inside the cluster that clients of Knative Eventing know.</summary>
public static class EventingNames
{
    /// <summary>The namespace that holds Eventing's own objects.</summary>
    public const string SystemNamespace = "knative-eventing";

    /// <summary>The Services by which events come in: to Brokers, and to channels.</summary>
    public const string BrokerIngress = "broker-ingress";
    public const string BrokerFilter = "broker-filter";
    public const string ChannelDispatcher = "imc-dispatcher";

    /// <summary>The domain of Services inside.</summary>
    public const string ClusterDomain = "cluster.local";

    /// <summary>The host by which a Service is reached inside.</summary>
    public static string HostOf(string service, string @namespace) => $"{service}.{@namespace}.svc.{ClusterDomain}";
}
