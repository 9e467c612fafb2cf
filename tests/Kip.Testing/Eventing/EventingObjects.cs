using Kip.Resources;
using Kip.Resources.Duck;
using Kip.Resources.Eventing;
using Kip.Resources.Messaging;

namespace Kip.Testing.Eventing;

/// <summary>Brokers, Triggers and channels as the controllers leave them: everything resolved.</summary>
public static class EventingObjects
{
    public const string Space = "default";

    public static readonly DateTimeOffset Created = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Resources.Eventing.Broker Broker(
        string name = "main", DeliverySpec? delivery = null, string? deadLetterSink = null,
        params ReadOnlySpan<(string, string)> annotations) => new()
    {
        Metadata = new()
        {
            Name = name, Namespace = Space, Uid = $"uid-{name}", Generation = 1, CreationTimestamp = Created,
            Annotations = StringMap.Of([(EventingAnnotations.BrokerClass, BrokerClasses.Kip), .. annotations]),
        },
        Spec = new() { Delivery = delivery },
        Status = new() { DeadLetterSinkUri = deadLetterSink },
    };

    public static Trigger Trigger(
        string name, string? subscriber, string broker = "main", DeliverySpec? delivery = null, string? deadLetterSink = null, StringMap attributes = default,
        params ReadOnlySpan<(string, string)> annotations) => new()
        {
            Metadata = new()
            {
                Name = name, Namespace = Space, Uid = $"uid-{name}", Generation = 1, CreationTimestamp = Created, Annotations = StringMap.Of(annotations),
            },
            Spec = new() { Broker = broker, Filter = new() { Attributes = attributes }, Delivery = delivery },
            Status = new() { SubscriberUri = subscriber, DeadLetterSinkUri = deadLetterSink },
        };

    public static InMemoryChannel Channel(string name, params ReadOnlySpan<SubscriberSpec> subscribers) => new()
    {
        Metadata = new() { Name = name, Namespace = Space, Uid = $"uid-{name}", Generation = 1, CreationTimestamp = Created },
        Spec = new() { Subscribers = [.. subscribers] },
    };

    public static DeliverySpec Delivery(int retry, string? policy = "linear", string? delay = "PT0.01S", string? timeout = null) =>
        new() { Retry = retry, BackoffPolicy = policy, BackoffDelay = delay, Timeout = timeout };
}
