using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Resources.Messaging;
using Kip.Rules.Eventing.Delivery;
using Kip.Rules.Eventing.Retention;

namespace Kip.Rules.Admission.Eventing;

/// <summary>Kip's own annotations on Eventing's kinds: a value that cannot be read is refused, since the data plane would take it as not said.</summary>
internal static class KipAnnotationRules
{
    private sealed record Rule(string Key, Func<string, bool> CanRead, string Expected);

    private static readonly Rule Deletion = new(
        EventingAnnotations.Deletion, static text => text is DeletionPolicies.Drain or DeletionPolicies.Drop,
        $"expected either '{DeletionPolicies.Drain}' or '{DeletionPolicies.Drop}'");

    private static readonly Rule[] OfLogs =
    [
        Deletion,
        new(RetentionAnnotations.Time, static text => RetentionAnnotations.TryReadTime(text, out _), "expected a time such as '36h' or 'P3D', longer than nothing"),
        new(RetentionAnnotations.Bytes, static text => RetentionAnnotations.TryReadBytes(text, out _), "expected a size such as '512Mi', at least 8Mi"),
        new(RetentionAnnotations.Full, static text => RetentionAnnotations.TryReadFull(text, out _), "expected either 'drop-oldest' or 'refuse'"),
    ];

    private static readonly Rule[] OfDeliveries =
    [
        Deletion,
        new(DeliveryAnnotations.ConcurrencyKey, static text => DeliveryAnnotations.TryReadConcurrency(text, out _), $"expected a number from 1 to {DeliveryAnnotations.MaxConcurrency}"),
        new(DeliveryAnnotations.Order, static text => text is DeliveryAnnotations.Ordered or DeliveryAnnotations.Unordered,
            $"expected either '{DeliveryAnnotations.Ordered}' or '{DeliveryAnnotations.Unordered}'"),
    ];

    /// <summary>Refuses what cannot be read; what an older Kip has let in and this change leaves as it is holds up nobody.</summary>
    public static void Validate(Resource resource, Resource? old, FieldErrors errors)
    {
        Rule[] rules = resource switch
        {
            Broker or Channel or InMemoryChannel => OfLogs,
            Trigger or Subscription => OfDeliveries,
            _ => [],
        };
        if (rules.Length == 0 || resource.Metadata.Annotations.IsEmpty) return;
        using var _ = errors.In("metadata.annotations");
        foreach (var rule in rules)
            if (resource.Metadata.Annotations.Get(rule.Key) is { } text && !rule.CanRead(text) && old?.Metadata.Annotations.Get(rule.Key) != text)
                errors.Invalid(text, rule.Key, rule.Expected);
    }
}
