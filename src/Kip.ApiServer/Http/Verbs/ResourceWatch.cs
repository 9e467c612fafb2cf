using System.Buffers;
using System.Text.Json;
using Kip.ApiServer.Registry;
using Kip.ApiServer.Tables;
using Kip.Client;
using Kip.Resources;

namespace Kip.ApiServer.Http.Verbs;

/// <summary>Answers a watch: one JSON object per line and event, sent at once, until the client goes, its time is up or the server stops.</summary>
internal sealed class ResourceWatch(ResourceRegistry registry, TimeProvider time, TimeSpan defaultTimeout)
{
    // Past this much unsent text the reader is waited for; the registry bounds what piles up behind.
    private const int MaxUnsent = 64 * 1024;

    private static readonly TimeSpan MaxTimeout = TimeSpan.FromDays(1);

    private readonly SharedJson _shared = new();

    public async Task RunAsync(ApiCall call)
    {
        var form = call.Form;
        var include = ResourceReads.IncludeOf(call);
        var (options, sendInitialEvents) = ListQuery.OfWatch(call);
        var lifetime = TimeoutOf(call);
        using var timeout = new CancellationTokenSource(lifetime, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(call.Cancel, call.Stopping, timeout.Token);
        // Malformed and outdated requests fail here, before anything is sent.
        var events = registry.Watch(call.Kind, options, new WatchOptions(sendInitialEvents, lifetime), ended.Token);

        call.Http.Response.ContentType = "application/json";
        await call.Http.Response.Body.FlushAsync(call.Cancel);
        await SendAsync(call, events, new EventLines(call.Served, form, include, time, _shared, call.MetaVersion));
    }

    private static async Task SendAsync(ApiCall call, IAsyncEnumerable<WatchEvent> events, EventLines lines)
    {
        var body = call.Http.Response.BodyWriter;
        await using var source = events.GetAsyncEnumerator();
        try
        {
            var next = source.MoveNextAsync();
            while (true)
            {
                // What is there already goes out in one piece; what comes later goes out when it comes.
                if (!next.IsCompleted || body.UnflushedBytes > MaxUnsent) await body.FlushAsync(call.Cancel);
                if (!await next) break;
                lines.Write(body, source.Current);
                next = source.MoveNextAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // Time is up, or one side goes: for a client that is the ordinary end of a watch.
        }
        catch (ApiException failure)
        {
            EventLines.WriteError(body, failure.Status);
        }
        if (!call.Cancel.IsCancellationRequested) await body.FlushAsync(call.Cancel);
    }

    private TimeSpan TimeoutOf(ApiCall call) => call.Parameters.Number("timeoutSeconds") switch
    {
        null or <= 0 => defaultTimeout,
        { } seconds => seconds > MaxTimeout.TotalSeconds ? MaxTimeout : TimeSpan.FromSeconds(seconds),
    };
}
