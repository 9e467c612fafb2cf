using System.Buffers;
using System.Globalization;
using System.Text;
using Kip.Brokers.Topics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.WebUtilities;

namespace Kip.Brokers.Http.Plain;

/// <summary>
/// The short way in of a plain event: from the connection's bytes to its record, without the HTTP server between. See
/// docs/decisions/0006-events.md.
/// </summary>
/// <remarks>It refuses nothing by itself: an event that is not plain, or whose topic is not there, goes to the HTTP server with its connection.</remarks>
internal sealed class PlainIngress(Ingress ingress, TopicTable topics, IngressLoad load, int maxMessageBytes, Task ready, TimeProvider time)
{
    private Answer? _accepted;

    public Ingress Ingress => ingress;

    public IngressLoad Load => load;

    public TimeProvider Time => time;

    /// <summary>Serves a connection's plain events; then, if the client is still there, gives it to the HTTP server for good.</summary>
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate server)
    {
        bool goesOn;
        using (var plain = new PlainConnection(this, connection)) goesOn = await plain.ServeAsync();
        if (goesOn) await server(connection);
    }

    /// <summary>The topic, if it takes events of this length now without more ado.</summary>
    public Topic? Enter(TopicKey key, int bytes)
    {
        if (bytes > maxMessageBytes || !ready.IsCompletedSuccessfully || ingress.IsWatched) return null;
        if (!topics.TryGet(key, out var topic) || topic.IsClosing || topic.IsFull) return null;
        if (load.Enter(bytes)) return topic;
        load.Leave(bytes);
        return null;
    }

    /// <summary>The bytes of an answer.</summary>
    public ReadOnlyMemory<byte> AnswerOf(IngressAnswer answer, bool closes)
    {
        if (answer.Status != 202 || closes) return Make(answer, closes);
        var second = time.GetUtcNow().ToUnixTimeSeconds();
        var accepted = _accepted;
        if (accepted?.Second != second) _accepted = accepted = new(second, Make(answer, closes: false));
        return accepted!.Bytes;
    }

    private byte[] Make(IngressAnswer answer, bool closes)
    {
        var text = answer.Status == 202 ? "" : answer.Reason + "\n";
        var head = new StringBuilder();
        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {answer.Status} {ReasonPhrases.GetReasonPhrase(answer.Status)}\r\n");
        head.Append(CultureInfo.InvariantCulture, $"Content-Length: {Encoding.UTF8.GetByteCount(text)}\r\n");
        head.Append(CultureInfo.InvariantCulture, $"Date: {time.GetUtcNow():R}\r\nAllow: POST, OPTIONS\r\n");
        if (text.Length > 0) head.Append("Content-Type: text/plain; charset=utf-8\r\n");
        if (answer.RetryAfter > 0) head.Append(CultureInfo.InvariantCulture, $"Retry-After: {answer.RetryAfter}\r\n");
        if (closes) head.Append("Connection: close\r\n");
        return Encoding.UTF8.GetBytes(head.Append("\r\n").Append(text).ToString());
    }

    // What nearly every sender is told, made once a second.
    private sealed record Answer(long Second, byte[] Bytes);
}
