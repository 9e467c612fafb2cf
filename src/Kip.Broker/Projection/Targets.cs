using Kip.Brokers.Sending;
using Kip.Resources.Duck;
using Kip.Rules.Eventing.Delivery;

namespace Kip.Brokers.Projection;

/// <summary>URLs and delivery settings of resources, read for the data plane.</summary>
internal static class Targets
{
    /// <summary>The target of a URL; null when there is none, or it is no URL.</summary>
    public static DeliveryTarget? Make(string? url, string? caCerts)
    {
        if (string.IsNullOrEmpty(url)) return null;
        try
        {
            return new(url, caCerts);
        }
        catch (UriFormatException)
        {
            // Admission and the controllers let none through; without a target the events wait.
            return null;
        }
    }

    /// <summary>The same, but the target that is in force when it is the same: so an unchanged subscription is equal to itself.</summary>
    public static DeliveryTarget? Keep(DeliveryTarget? present, string? url, string? caCerts) =>
        present is not null && present.Url == url && present.CaCerts == caCerts ? present : Make(url, caCerts);

    public static DeliveryPolicy PolicyOf(DeliverySpec? delivery) => delivery is null
        ? DeliveryPolicy.Default
        : DeliveryPolicy.Of(delivery.Retry, delivery.BackoffPolicy, delivery.BackoffDelay, delivery.Timeout, delivery.RetryAfterMax, delivery.Format);
}
