using Kip.Brokers.Records;
using Kip.Brokers.Sending;
using Kip.CloudEvents;
using Kip.Rules.Eventing.Delivery;

namespace Kip.Brokers.Subscriptions;

/// <summary>Makes a reply into an event that can be sent on.</summary>
internal static class Replies
{
    /// <param name="timeToLive">The count of the event that was answered: the reply goes on with it.</param>
    public static StoredEvent Store(CloudEvent reply, bool structured, in EventAnswer answer, int timeToLive, DateTimeOffset now)
    {
        var headers = answer.Headers.Where(static header => DeliveryHeaders.IsForwarded(header.Key) || header.Key.Equals("traceparent", StringComparison.OrdinalIgnoreCase));
        return new RecordWriter().Write(reply, [.. headers], structured, timeToLive, now);
    }
}
