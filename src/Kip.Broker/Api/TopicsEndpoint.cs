using Kip.Brokers.Topics;
using Microsoft.AspNetCore.Http;

namespace Kip.Brokers.Api;

/// <summary>What there is, and where every event is.</summary>
internal sealed class TopicsEndpoint(TopicTable topics)
{
    public Task ListAsync(HttpContext http) => JsonLines.WriteAsync(http, json =>
    {
        json.WriteStartArray("topics"u8);
        foreach (var topic in topics.All.OrderBy(static t => t.Key.ToString(), StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("kind"u8, topic.Key.Plural);
            json.WriteString("namespace"u8, topic.Key.Name.Namespace);
            json.WriteString("name"u8, topic.Key.Name.Name);
            json.WriteNumber("first"u8, topic.Log.First);
            json.WriteNumber("last"u8, topic.Log.Last);
            json.WriteNumber("bytes"u8, topic.Log.Pieces().Sum(static piece => piece.Bytes));
            json.WriteNumber("deadLetters"u8, topic.DeadLetters.Count);
            json.WriteNumber("deadLettersDropped"u8, topic.DeadLetters.Dropped);
            json.WriteNumber("damagedRanges"u8, topic.Log.DamagedRanges);
            json.WriteNumber("removedUnfinished"u8, topic.RemovedUnfinished);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    public Task AccountAsync(HttpContext http) => JsonLines.WriteAsync(http, json =>
    {
        json.WriteStartArray("subscriptions"u8);
        foreach (var account in topics.Accounts())
        {
            json.WriteStartObject();
            json.WriteTopic(account.Topic);
            json.WriteStartObject("subscription"u8);
            json.WriteString("namespace"u8, account.Spec.Name.Namespace);
            json.WriteString("name"u8, account.Spec.Name.Name);
            json.WriteString("uid"u8, account.Spec.Uid);
            json.WriteEndObject();
            json.WriteNumber("start"u8, account.Start);
            json.WriteNumber("cursor"u8, account.Cursor);
            json.WriteNumber("last"u8, account.Last);
            json.WriteNumber("accepted"u8, account.Accepted);
            json.WriteNumber("filtered"u8, account.Counts.Filtered);
            json.WriteNumber("delivered"u8, account.Counts.Delivered);
            json.WriteNumber("deadLettered"u8, account.Counts.DeadLettered);
            json.WriteNumber("stored"u8, account.Counts.Stored);
            json.WriteNumber("expired"u8, account.Counts.Expired);
            json.WriteNumber("damaged"u8, account.Counts.Damaged);
            json.WriteNumber("inFlight"u8, account.InFlight);
            json.WriteNumber("waiting"u8, account.Waiting);
            json.WriteNumber("unread"u8, account.Unread);
            json.WriteNumber("difference"u8, account.Difference);
            json.WriteBoolean("broken"u8, account.IsBroken);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });
}
