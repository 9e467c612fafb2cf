using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Resources.Messaging;
using Kip.Rules.Eventing.Delivery;
using Kip.Rules.Eventing.Retention;

namespace Kip.Rules.Admission.Eventing;

/// <summary>Kip's own annotations on Eventing's kinds: a value that cannot be read is refused, since the data plane would take it as not said.</summary>
internal static class KipAnnotationRules
{
    private static readonly string[] OfDeliveries = [EventingAnnotations.Deletion, DeliveryAnnotations.ConcurrencyKey, DeliveryAnnotations.Order];

    /// <summary>Refuses what cannot be read; what an older Kip has let in and this change leaves as it is holds up nobody.</summary>
    public static void Validate(Resource resource, Resource? old, FieldErrors errors)
    {
        var keys = resource switch
        {
            Broker or Channel or InMemoryChannel => LogAnnotations.Keys,
            Trigger or Subscription => OfDeliveries,
            _ => [],
        };
        if (keys.Count == 0 || resource.Metadata.Annotations.IsEmpty) return;
        using var _ = errors.In("metadata.annotations");
        foreach (var key in keys)
            if (resource.Metadata.Annotations.Get(key) is { } text && Expected(key, text) is { } expected && old?.Metadata.Annotations.Get(key) != text)
                errors.Invalid(text, key, expected);
    }

    private static string? Expected(string key, string text) => key switch
    {
        EventingAnnotations.Deletion =>
            text is DeletionPolicies.Drain or DeletionPolicies.Drop ? null : $"expected either '{DeletionPolicies.Drain}' or '{DeletionPolicies.Drop}'",
        DeliveryAnnotations.ConcurrencyKey =>
            DeliveryAnnotations.TryReadConcurrency(text, out var _) ? null : $"expected a number from 1 to {DeliveryAnnotations.MaxConcurrency}",
        DeliveryAnnotations.Order => text is DeliveryAnnotations.Ordered or DeliveryAnnotations.Unordered
            ? null : $"expected either '{DeliveryAnnotations.Ordered}' or '{DeliveryAnnotations.Unordered}'",
        _ => RetentionAnnotations.Expected(key, text),
    };
}
