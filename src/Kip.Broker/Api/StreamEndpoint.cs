using Kip.Brokers.Records;
using Kip.Brokers.Topics;
using Kip.Log;
using Microsoft.AspNetCore.Http;

namespace Kip.Brokers.Api;

/// <summary>Events as a stream: what is kept, and, when asked for, what comes.</summary>
internal sealed class StreamEndpoint(TimeProvider time)
{
    // As long as a topic has never had an event there is no log to wait at.
    private static readonly TimeSpan FirstEventPoll = TimeSpan.FromMilliseconds(100);

    public async Task AnswerAsync(HttpContext http, Topic topic, CancellationToken cancel)
    {
        var query = http.Request.Query;
        var follow = query["follow"] == "true";
        var limit = JsonLines.LimitOf(http, otherwise: long.MaxValue);
        var range = EventRange.Read(topic, query["from"], query["to"], query["filter"], otherwise: follow ? topic.Log.Last + 1 : topic.Log.First);
        await JsonLines.BeginAsync(http, cancel);
        try
        {
            await JsonLines.FlushAsync(http, cancel);
            await WriteAsync(http, topic, range, follow, limit, cancel);
        }
        catch (OperationCanceledException)
        {
            // The client has seen enough, or the platform is being stopped: either way the stream just ends.
        }
    }

    private async Task WriteAsync(HttpContext http, Topic topic, EventRange range, bool follow, long limit, CancellationToken cancel)
    {
        while (!topic.Log.Exists)
        {
            if (!follow) return;
            await Task.Delay(FirstEventPoll, time, cancel);
        }
        using var reader = ReaderAt(topic, range.From);
        while (limit > 0)
        {
            while (limit > 0 && reader.TryRead(out var record))
            {
                if (record.Sequence > range.To) return;
                var stored = TopicLog.Copy(record);
                if (!range.Filter(stored.Event)) continue;
                limit--;
                Write(http, stored);
                // A slow reader is waited for here; nobody else waits for it.
                if (http.Response.BodyWriter.UnflushedBytes > 32 << 10) await JsonLines.FlushAsync(http, cancel);
            }
            await JsonLines.FlushAsync(http, cancel);
            if (limit == 0 || !follow || reader.Next > range.To || !await reader.WaitToReadAsync(cancel)) return;
        }
    }

    private static LogReader ReaderAt(Topic topic, ulong from)
    {
        try
        {
            return topic.Log.Read(from);
        }
        catch (LogTruncatedException gone)
        {
            return topic.Log.Read(gone.First);
        }
    }

    private static void Write(HttpContext http, StoredEvent stored) => JsonLines.Line(http, json =>
    {
        json.WriteNumber("offset"u8, stored.Offset);
        json.WriteString("time"u8, stored.Head.Arrival);
        json.WriteEvent(stored.Event);
    });
}
