using Kip.Traffic.Activation;
using Kip.Traffic.Forwarding;
using Kip.Traffic.Forwarding.Outside;
using Kip.Traffic.Http;
using Kip.Traffic.Observability;
using Kip.Traffic.Routing;
using Kip.Traffic.Services;
using Kip.Traffic.Stats;

namespace Kip.Traffic;

/// <summary>The way of a request through the gateway, from its arrival to its last byte.</summary>
internal sealed class GatewayPipeline(
    GatewayOptions options, Func<RouteTable> table, Destinations destinations, Task ready, StatReporter reporter, IForwarder http1, IForwarder http2,
    OutsideForwarder outside, Func<RequestLog?> requestLog, RequestTaps taps, Func<int?> httpsPort, Random random, TimeProvider time, Instruments instruments)
{
    // Long enough for any cache to be filled; after that something is wrong.
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);

    private int _inFlight;

    /// <summary>Requests in the gateway now.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Whether requests may go the direct path: the routes are known, and nobody wants to hear of each request.</summary>
    public bool IsUnobserved => ready.IsCompletedSuccessfully && requestLog() is null && !Spans.IsOn && !taps.AreOpen;

    /// <summary>
    /// Counts a request in that does not come by <see cref="RunAsync"/>, unless too many are here already. Count it out with <see cref="Leave"/>.
    /// </summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _inFlight) <= options.MaxRequestsInFlight) return true;
        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _inFlight);

    public Task RunAsync(GatewayRequest request)
    {
        // 1. Too many at once are refused before they cost anything.
        if (Interlocked.Increment(ref _inFlight) > options.MaxRequestsInFlight)
            return AnswerAsync(GatewayErrors.TooBusy(request.Response, options.MaxRequestsInFlight));
        return ready.IsCompletedSuccessfully ? RouteAsync(request) : RouteWhenReadyAsync(request);
    }

    private Task RouteAsync(GatewayRequest request)
    {
        // 2. The table is read once: the whole request sees one state of the routes.
        var http = request.Http;
        var host = http.Headers.Host.ToString();
        var now = table();
        var routes = now.Find(host);
        if (routes is null || (routes.IsClusterLocal && !request.SeesClusterLocal)) return RouteElsewhereAsync(request, now, host);

        // 3. Probes of the network are for the gateway itself, and so is the way to HTTPS.
        if (NetworkProbe.Answers(http, routes, out var answer)) return AnswerAsync(ProbeAsync(request, answer));
        if (routes.RedirectToHttps && HttpsRedirect.Applies(http)) return AnswerAsync(HttpsRedirect.WriteAsync(http, request.Response, httpsPort()));

        // 4. The path decides between revisions, the split draws one.
        var path = http.Path.Value ?? "/";
        var target = routes.Match(path, http.Headers)?.Pick(random);
        if (target is null) return AnswerAsync(GatewayErrors.UnknownPath(request.Response, host, path));
        return target.Backend.Settings is { } settings
            ? ServeAsync(request, target, settings)
            : GoAsync(request, destinations.Follow(now, http, target));
    }

    // Hosts that no route has: a core Service for who may see the inside, or the world outside for a program of this machine that uses the gateway as
    // its proxy.
    private Task RouteElsewhereAsync(GatewayRequest request, RouteTable now, string host)
    {
        var http = request.Http;
        if (request.SeesClusterLocal && ClusterName.TryParse(HostName.WithoutPort(host), out _))
        {
            var destination = destinations.Find(now, http, host);
            // That the name itself is unknown is for the next line to tell; that another is, which it stands for, is not.
            if (destination.Failure != DestinationFailure.NoHost || destination.Host != host) return GoAsync(request, destination);
        }
        return AnswerAsync(outside.Accepts(request, host) ? outside.ForwardAsync(request) : GatewayErrors.UnknownHost(request.Response, host));
    }

    private async Task ProbeAsync(GatewayRequest request, NetworkProbe.Answer answer)
    {
        await NetworkProbe.WriteAsync(request.Response, answer);
        request.Trace.Done = time.GetTimestamp();
        if (requestLog() is { Probes: true } log) log.Note(request, null, null, time);
    }

    private Task GoAsync(GatewayRequest request, Destination destination) => destination is { Target: { } target, Settings: { } settings }
        ? ServeAsync(request, target, settings)
        : AnswerAsync(GatewayErrors.NoDestination(request.Response, destination, request.Http.Path.Value ?? "/"));

    // From here to the pod's answer there is one asynchronous method per side, because each more of them costs on every request.
    private async Task ServeAsync(GatewayRequest request, SplitTarget target, RevisionSettings settings)
    {
        // 5. From here the clock runs and the autoscaler counts; the first request of an idle revision tells it so at once.
        var backend = target.Backend;
        request.Deadline.Begin(settings, request.Trace.Received);
        Identify(request, backend);
        if (backend.IsRevision && reporter.Enter(backend)) request.Trace.Poked = time.GetTimestamp();
        try
        {
            // A request that has failed on the direct path goes on from there.
            if (request.TakeFailed() is { } failed && !await MayGoOnAsync(request, backend, failed)) return;
            while (true)
            {
                // 6. A slot at a pod: at once if one is free, else in the queue.
                if (!backend.Breaker.TryAcquire(out var lease)) lease = await WaitAsync(request, backend);
                if (lease.Pod is not { } pod)
                {
                    await RefuseAsync(request, backend, lease.Outcome);
                    return;
                }

                request.Pod = pod;
                // 7. Forward, and give the slot back. If that failed: again, but only where that is harmless.
                var outcome = ForwardOutcome.Cancelled;
                var failures = pod.Failures;
                request.Forwarding = Spans.Forward(request, pod);
                try
                {
                    outcome = await (settings.IsHttp2 ? http2 : http1).ForwardAsync(request, target, pod);
                }
                finally
                {
                    backend.Breaker.Release(pod);
                    Spans.Forwarded(request.Forwarding, outcome);
                }
                if (outcome == ForwardOutcome.Done)
                {
                    backend.Breaker.Trust(pod, failures);
                    return;
                }
                if (!await MayRetryAsync(request, backend, pod, outcome)) return;
            }
        }
        finally
        {
            Finish(request, backend);
        }
    }

    // 8. Count out, and write down.
    private void Finish(GatewayRequest request, RevisionBackend backend)
    {
        if (backend.IsRevision) StatReporter.Leave(backend);
        Interlocked.Decrement(ref _inFlight);
        request.Trace.Done = time.GetTimestamp();
        instruments.Served(backend, request);
        Spans.End(request);
        requestLog()?.Note(request, backend, request.Pod, time);
        taps.Note(request, backend);
    }

    // One id for the access log, the response and the pod; only while somebody writes or traces, or when the client has brought one.
    private void Identify(GatewayRequest request, RevisionBackend backend)
    {
        request.RequestId = RequestIds.Of(request.Http.Headers);
        if (request.RequestId is null && (Spans.IsOn || requestLog() is not null))
            request.Http.Headers[RequestIds.Header] = request.RequestId = RequestIds.Make(random);
        if (Spans.IsOn) request.Span = Spans.Handle(request, backend);
    }

    private async ValueTask<bool> MayGoOnAsync(GatewayRequest request, RevisionBackend backend, FailedAttempt failed)
    {
        if (!failed.IsTimedOut) return await MayRetryAsync(request, backend, failed.Pod, failed.Outcome);
        await GatewayErrors.TimedOut(request.Response, backend, waited: false);
        return false;
    }

    private async ValueTask<bool> MayRetryAsync(GatewayRequest request, RevisionBackend backend, PodTracker pod, ForwardOutcome outcome)
    {
        if (outcome is ForwardOutcome.ConnectFailed or ForwardOutcome.BrokenBeforeResponse) backend.Breaker.Avoid(pod);
        request.Count(outcome);
        if (RetryRule.MayRetry(outcome, request.Connects, request.Sends, request.Http.Method, request.HasBody))
        {
            instruments.Retried(backend);
            await PauseAsync(request, backend, outcome);
            return true;
        }
        await FailAsync(request, backend, pod, outcome);
        return false;
    }

    private async ValueTask<SlotLease> WaitAsync(GatewayRequest request, RevisionBackend backend)
    {
        if (request.Trace.Queued == 0) request.Trace.Queued = time.GetTimestamp();
        if (!backend.HasReadyPods && backend.IsRevision && backend.Breaker.Waiting == 0 && request.Trace.Poked == 0)
        {
            reporter.Poke(backend);
            request.Trace.Poked = time.GetTimestamp();
        }
        var wait = Spans.Wait(request);
        var lease = await backend.Breaker.AcquireAsync(request.Deadline.Token);
        if (lease.Outcome == SlotOutcome.Shed) instruments.Shed(backend);
        request.Trace.PodReady = time.GetTimestamp();
        if (lease.Pod?.Startup is { } startup) request.Trace.Explain(startup, time);
        Spans.Waited(wait, request, lease, time);
        return lease;
    }

    private async ValueTask PauseAsync(GatewayRequest request, RevisionBackend backend, ForwardOutcome outcome)
    {
        var hasOtherPod = backend.Breaker.HasTrustedPod;
        var pause = RetryRule.Pause(outcome, request.Connects, request.Sends, hasOtherPod);
        if (pause == TimeSpan.Zero) return;
        if (!hasOtherPod)
        {
            await backend.Breaker.HoldAsync(pause, request.Deadline.Token);
            return;
        }
        try
        {
            await Task.Delay(pause, time, request.Deadline.Token);
        }
        catch (OperationCanceledException)
        {
            // The next attempt sees it.
        }
    }

    private async Task RouteWhenReadyAsync(GatewayRequest request)
    {
        try
        {
            await ready.WaitAsync(StartPatience, time, request.Context.RequestAborted);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            await AnswerAsync(GatewayErrors.NotReady(request.Response));
            return;
        }
        await RouteAsync(request);
    }

    private async Task AnswerAsync(Task answer)
    {
        try
        {
            await answer;
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private static Task RefuseAsync(GatewayRequest request, RevisionBackend backend, SlotOutcome outcome) => outcome switch
    {
        SlotOutcome.QueueFull => GatewayErrors.QueueIsFull(request.Response, backend),
        SlotOutcome.Shed => GatewayErrors.Overloaded(request.Response, backend),
        SlotOutcome.Gone => GatewayErrors.NoRevision(request.Response, backend.Name),
        _ when request.Deadline.IsTimedOut => GatewayErrors.TimedOut(request.Response, backend, waited: true),
        // The client has gone: nobody reads an answer.
        _ => Task.CompletedTask,
    };

    private Task FailAsync(GatewayRequest request, RevisionBackend backend, PodTracker pod, ForwardOutcome outcome)
    {
        if (request.Deadline.IsTimedOut) return GatewayErrors.TimedOut(request.Response, backend, waited: false);
        return outcome switch
        {
            ForwardOutcome.ConnectFailed => GatewayErrors.CannotConnect(request.Response, backend, pod),
            ForwardOutcome.BrokenBeforeResponse => GatewayErrors.Broken(request.Response, backend, pod),
            ForwardOutcome.MalformedResponse => GatewayErrors.Malformed(request.Response, backend, pod),
            ForwardOutcome.BadRequestBody => GatewayErrors.BadBody(request.Response, request.BodyFailure, options.MaxRequestBodySize),
            _ => Task.CompletedTask,
        };
    }
}
