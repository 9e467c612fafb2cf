using Kip.Brokers.Sending;
using Kip.Brokers.Topics;
using Kip.CloudEvents;
using Kip.Resources;
using Kip.Rules.Eventing.Delivery;

namespace Kip.Brokers.Subscriptions;

/// <summary>What is delivered to whom, and how: a Trigger, or a channel's subscriber, as the projection has read it.</summary>
internal sealed record SubscriptionSpec
{
    /// <summary>The uid of the Trigger or Subscription: its progress is kept under it.</summary>
    public required string Uid { get; init; }

    /// <summary>The Trigger's or the Subscription's name.</summary>
    public required NamespacedName Name { get; init; }

    /// <summary>The namespace that subscribers are told: the Trigger's or, wherever the Subscription is, the channel's.</summary>
    public string Sender { get => field ?? Name.Namespace; init; }

    /// <value>Null: not resolved yet; events wait.</value>
    public DeliveryTarget? Subscriber { get; init; }

    /// <value>Null: replies are dropped.</value>
    public DeliveryTarget? Reply { get; init; }

    /// <value>Null: undeliverable events are kept among the dead letters.</value>
    public DeliveryTarget? DeadLetterSink { get; init; }

    public DeliveryPolicy Policy { get; init; } = DeliveryPolicy.Default;

    /// <value>Null: every event passes.</value>
    public Func<CloudEvent, bool>? Filter { get; init; }

    /// <summary>What <see cref="Filter"/> was made of, to tell whether it has changed.</summary>
    public object? FilterSource { get; init; }

    public bool Ordered { get; init; }

    /// <summary>The most attempts at one time.</summary>
    public int Concurrency { get; init; } = DefaultConcurrency;

    /// <summary>Whether an answer that is no event is a failure, as on the way from a Broker, or ignored, as from a channel.</summary>
    public bool RefusesForeignReplies { get; init; }

    /// <summary>When the Trigger or Subscription was made: what came before is not for it.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>Whether it is being deleted and asked that its events be delivered first.</summary>
    public bool IsDraining { get; init; }

    private string? _metricName;

    /// <summary>How metrics name it.</summary>
    public string MetricName(TopicKind kind) => _metricName ??= $"{(kind == TopicKind.Broker ? "trigger" : "subscription")}:{Name.Name}.{Name.Namespace}";

    public const int DefaultConcurrency = 100;
}
