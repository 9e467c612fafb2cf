using Kip.Brokers.Sending;
using Kip.CloudEvents;
using Kip.CloudEvents.Http;
using Kip.Rules.Eventing.Delivery;

namespace Kip.Brokers.Subscriptions;

/// <summary>What a subscriber's answer carries.</summary>
internal enum ReplyKind
{
    None,
    Event,

    /// <summary>Something that is no event, or a broken one.</summary>
    Malformed,
}

/// <summary>Finds the reply event in an answer.</summary>
internal static class ReplyReading
{
    /// <param name="refusesForeign">Whether a body that is no event at all counts as malformed.</param>
    public static ReplyKind Read(in EventAnswer answer, bool refusesForeign, out CloudEvent? reply, out bool structured)
    {
        (reply, structured) = (null, false);
        if (!DeliveryOutcome.MayCarryReply(answer.Status) || (answer.Body.IsEmpty && answer.Headers.Count == 0)) return ReplyKind.None;
        var reader = new CloudEventHttpReader(CloudEventStrictness.Upstream);
        foreach (var (name, value) in answer.Headers) reader.Header(name, value);
        if (!reader.IsCloudEvent) return answer.Body.IsEmpty || !refusesForeign ? ReplyKind.None : ReplyKind.Malformed;
        structured = reader.Mode == ContentMode.Structured;
        return reader.TryRead(answer.Body, out reply, out _) ? ReplyKind.Event : ReplyKind.Malformed;
    }
}
