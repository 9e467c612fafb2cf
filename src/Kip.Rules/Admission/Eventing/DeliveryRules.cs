using Kip.Resources;
using Kip.Resources.Duck;
using Kip.Rules.Eventing.Configs;

namespace Kip.Rules.Admission.Eventing;

/// <summary>Defaults and rules of delivery specs.</summary>
internal static class DeliveryRules
{
    /// <summary>The spec with the namespace of its dead letter sink filled in; null stays null.</summary>
    public static DeliverySpec? Default(DeliverySpec? delivery, string @namespace)
    {
        var sink = DestinationRules.Default(delivery?.DeadLetterSink, @namespace);
        return ReferenceEquals(sink, delivery?.DeadLetterSink) ? delivery : delivery! with { DeadLetterSink = sink };
    }

    /// <summary>Validates the field <c>delivery</c> of the spec that is being walked through.</summary>
    public static void Validate(DeliverySpec? delivery, EventingFeatures features, FieldErrors errors)
    {
        if (delivery is null) return;
        using var field = errors.In("delivery");
        if (delivery.DeadLetterSink is { } sink)
            using (errors.In("deadLetterSink")) DestinationRules.Validate(sink, errors);
        if (delivery.Retry < 0) errors.Invalid(delivery.Retry, "retry");
        if (delivery.BackoffPolicy is not (null or "" or "linear" or "exponential")) errors.Invalid(delivery.BackoffPolicy, "backoffPolicy");
        if (delivery.BackoffDelay is { } delay && !IsDuration(delay, out _)) errors.Invalid(delay, "backoffDelay");
        if (delivery.Format is not (null or "" or "json" or "binary")) errors.Invalid(delivery.Format, "format");
        if (delivery.Timeout is { } timeout)
        {
            if (!features.IsEnabled(EventingFeatures.DeliveryTimeout)) errors.Disallowed("timeout");
            else if (!IsDuration(timeout, out var time) || time == TimeSpan.Zero) errors.Invalid(timeout, "timeout");
        }
        if (delivery.RetryAfterMax is { } longest)
        {
            if (!features.IsEnabled(EventingFeatures.DeliveryRetryAfter)) errors.Disallowed("retryAfterMax");
            else if (!IsDuration(longest, out _)) errors.Invalid(longest, "retryAfterMax");
        }
    }

    private static bool IsDuration(string text, out TimeSpan time) => IsoDuration.TryParse(text, out time) && time >= TimeSpan.Zero;
}
