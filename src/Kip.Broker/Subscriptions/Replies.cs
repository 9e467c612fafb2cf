using Kip.Brokers.Records;
using Kip.Brokers.Sending;
using Kip.Brokers.Tracing;
using Kip.CloudEvents;

namespace Kip.Brokers.Subscriptions;

/// <summary>Makes a reply into an event that can be sent on.</summary>
internal static class Replies
{
    /// <param name="request">The attempt that was answered: the reply goes on with its time to live and, unless it has another, its trace context.</param>
    public static StoredEvent Store(CloudEvent reply, bool structured, in EventAnswer answer, EventRequest request, DateTimeOffset now)
    {
        var headers = TravellingHeaders.Of(answer.Headers, out var parent);
        if (parent is null)
        {
            var context = request.Headers.Where(static h => TravellingHeaders.IsContext(h.Key));
            headers = [.. headers.Where(static h => !TravellingHeaders.IsContext(h.Key)), .. context];
        }
        else headers.Add(new(TraceContext.Parent, parent));
        return new RecordWriter().Write(reply, headers, structured, request.Event.Head.TimeToLive, now);
    }
}
