using System.Globalization;
using Kip.Resources;

namespace Kip.Rules.Eventing.Delivery;

/// <summary>What a Trigger's or Subscription's annotations say about its deliveries.</summary>
public static class DeliveryAnnotations
{
    /// <summary><c>ordered</c> or <c>unordered</c>; on a Trigger Knative's own key for Kafka Brokers says the same.</summary>
    public const string Order = "kip.dev/delivery-order";
    public const string KafkaOrder = "kafka.eventing.knative.dev/delivery.order";
    public const string Ordered = "ordered";
    public const string Unordered = "unordered";

    /// <summary>How many events may be on their way to the subscriber at one time; 1 to <see cref="MaxConcurrency"/>.</summary>
    public const string ConcurrencyKey = "kip.dev/delivery-concurrency";
    public const int MaxConcurrency = 10_000;

    public static bool IsOrdered(StringMap annotations) => (annotations.Get(Order) ?? annotations.Get(KafkaOrder)) == Ordered;

    /// <summary>The limit asked for; null when there is none, or it is no number in range.</summary>
    public static int? Concurrency(StringMap annotations) => TryReadConcurrency(annotations.Get(ConcurrencyKey), out var limit) ? limit : null;

    /// <summary>Reads a number from 1 to <see cref="MaxConcurrency"/>.</summary>
    public static bool TryReadConcurrency(string? text, out int limit) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= MaxConcurrency;
}
