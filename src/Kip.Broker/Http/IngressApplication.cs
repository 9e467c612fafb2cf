using Kip.Brokers.Topics;
using Kip.CloudEvents;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Kip.Brokers.Http;

/// <summary>What the HTTP server runs per request: which Broker or channel is meant, which events, and the ingress.</summary>
internal sealed partial class IngressApplication(
    IngressLoad load, Ingress ingress, FilterEndpoint filter, TopicTable topics, Task ready, ILogger logger) : IHttpApplication<IngressCall>
{
    // What a message of unknown length is taken for.
    private const long AssumedBytes = 64 << 10;

    public IngressCall CreateContext(IFeatureCollection contextFeatures)
    {
        // The server keeps one per connection for us.
        var container = contextFeatures as IHostContextContainer<IngressCall>;
        var call = container?.HostContext ?? new();
        if (container is not null) container.HostContext = call;
        call.Begin(contextFeatures);
        return call;
    }

    public void DisposeContext(IngressCall context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(IngressCall context)
    {
        var bytes = context.ContentLength ?? AssumedBytes;
        try
        {
            if (load.Enter(bytes)) await HandleAsync(context);
            else await RetryLaterAsync(context, new(429, "too many events are coming in at once", RetryAfter: 1));
        }
        catch (BadHttpRequestException malformed)
        {
            await context.AnswerAsync(malformed.StatusCode, malformed.Message);
        }
        catch (Exception bug) when (bug is not OperationCanceledException and not IOException)
        {
            LogFailure(bug, context.Path);
            await context.AnswerAsync(500, "the event was not accepted for a reason that is not the sender's: see the platform's log");
        }
        finally
        {
            load.Leave(bytes);
        }
    }

    private async Task HandleAsync(IngressCall call)
    {
        var route = TopicRoute.Read(call.Host, call.Path);
        if (route.IsFilter)
        {
            await filter.HandleAsync(call);
            return;
        }
        call.SetHeader("Allow", "POST, OPTIONS");
        // 1. May one send here, and where to?
        if (AnswerUnlessSent(call, route, out var key) is { } answered)
        {
            await answered;
            return;
        }
        // 2. Is it an event?
        var body = await call.ReadBodyAsync();
        if (!call.TryReadEvents(body, out var events, out var structured, out var error))
        {
            call.ReleaseBody();
            await call.AnswerAsync(error!.HttpStatus, error.ToString());
            return;
        }
        // 3. Is there such a Broker or channel? What is not known yet may be in a moment, when the platform has just begun.
        if (!ready.IsCompletedSuccessfully) await ready;
        if (!topics.TryGet(key, out var topic) || topic.IsClosing)
        {
            call.ReleaseBody();
            await RetryLaterAsync(
                call,
                topics.IsUnreadable(key) ? new(503, $"the log of {key} cannot be read at present", RetryAfter: 10) : IngressAnswer.Unknown(key));
            return;
        }
        await AcceptAsync(call, topic, events, structured);
    }

    /// <summary>The answer to what is no event sent to a Broker or channel; null for one that is, with its address.</summary>
    private static Task? AnswerUnlessSent(IngressCall call, RequestRoute route, out TopicKey key)
    {
        key = route.Topic.GetValueOrDefault();
        switch (call.Method)
        {
            // Anybody may, as often as they like: what is too much is answered 429.
            case "OPTIONS":
                call.SetHeader("WebHook-Allowed-Origin", "*");
                call.SetHeader("WebHook-Allowed-Rate", "*");
                return call.AnswerAsync(200);
            case not "POST":
                return call.AnswerAsync(405);
        }
        if (route.IsBroker && call.Path is "/" or "") return call.AnswerAsync(404, "events are sent to /<namespace>/<broker>");
        return route.Topic is null ? call.AnswerAsync(400, $"{call.Path} is not of the form /<namespace>/<name>") : null;
    }

    private async Task AcceptAsync(IngressCall call, Topic topic, IReadOnlyList<CloudEvent> events, bool structured)
    {
        // 4. On disk, then acknowledged, then delivered.
        var answer = await ingress.AcceptAsync(topic, events, call.EachHeader(), structured);
        call.ReleaseBody();
        if (answer.Status != 202)
        {
            await RetryLaterAsync(call, answer);
            return;
        }
        await call.AnswerAsync(202);
        topic.Published();
    }

    private static Task RetryLaterAsync(IngressCall call, IngressAnswer answer)
    {
        if (answer.RetryAfter > 0) call.SetHeader("Retry-After", $"{answer.RetryAfter}");
        return call.AnswerAsync(answer.Status, answer.Reason!);
    }

    [LoggerMessage(720, LogLevel.Error, "An event for {path} could not be taken in")]
    private partial void LogFailure(Exception bug, string path);
}
