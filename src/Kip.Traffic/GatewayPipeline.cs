using Kip.Traffic.Activation;
using Kip.Traffic.Forwarding;
using Kip.Traffic.Http;
using Kip.Traffic.Routing;
using Kip.Traffic.Stats;

namespace Kip.Traffic;

/// <summary>The way of a request through the gateway, from its arrival to its last byte.</summary>
internal sealed class GatewayPipeline(
    GatewayOptions options, Func<RouteTable> table, Task ready, StatReporter reporter, IForwarder http1, IForwarder http2, Random random,
    TimeProvider time, Instruments instruments)
{
    // Long enough for any cache to be filled; after that something is wrong.
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);

    private int _inFlight;

    /// <summary>Requests in the gateway now.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    public Task RunAsync(GatewayRequest request)
    {
        // 1. Too many at once are refused before they cost anything.
        if (Interlocked.Increment(ref _inFlight) > options.MaxRequestsInFlight)
        {
            Interlocked.Decrement(ref _inFlight);
            return GatewayErrors.TooBusy(request.Response, options.MaxRequestsInFlight);
        }
        return CountedAsync(request);
    }

    private async Task CountedAsync(GatewayRequest request)
    {
        try
        {
            if (!ready.IsCompletedSuccessfully && !await IsReadyAsync(request)) return;

            // 2. The table is read once: the whole request sees one state of the routes.
            var routes = table().Find(request.Http.Headers.Host.ToString());
            if (routes is null || (routes.IsClusterLocal && !options.ServesClusterLocal))
            {
                await GatewayErrors.UnknownHost(request.Response, request.Http.Headers.Host.ToString());
                return;
            }

            // 3. Probes of the network are for the gateway itself.
            if (NetworkProbe.Answers(request.Http, out var answer))
            {
                await NetworkProbe.WriteAsync(request.Response, answer);
                return;
            }
            if (routes.RedirectToHttps && HttpsRedirect.Applies(request.Http))
            {
                HttpsRedirect.Write(request.Http, request.Response);
                return;
            }

            // 4. The path decides between revisions, the split draws one.
            var target = routes.Match(request.Http.Path.Value ?? "/", request.Http.Headers)?.Pick(random);
            if (target is null) await GatewayErrors.UnknownPath(request.Response, request.Http.Headers.Host.ToString(), request.Http.Path.Value ?? "/");
            else if (target.Backend.Settings is not { } settings) await GatewayErrors.NoRevision(request.Response, target.Backend.Name);
            else await ServeAsync(request, target, settings);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private async ValueTask ServeAsync(GatewayRequest request, SplitTarget target, RevisionSettings settings)
    {
        // 5. From here the clock runs and the autoscaler counts; the first request of an idle revision tells it so at once.
        request.Deadline.Begin(settings, request.Trace.Received);
        if (reporter.Enter(target.Backend)) request.Trace.Poked = time.GetTimestamp();
        try
        {
            await AttemptAsync(request, target, settings);
        }
        finally
        {
            // 9. Count out.
            StatReporter.Leave(target.Backend);
            request.Trace.Done = time.GetTimestamp();
            instruments.Served(target.Backend, request, settings);
        }
    }

    private async ValueTask AttemptAsync(GatewayRequest request, SplitTarget target, RevisionSettings settings)
    {
        var backend = target.Backend;
        int connects = 0, sends = 0;
        while (true)
        {
            // 6. A slot at a pod: at once if one is free, else in the queue.
            if (!backend.Breaker.TryAcquire(out var lease)) lease = await WaitAsync(request, backend);
            if (lease.Pod is not { } pod)
            {
                await RefuseAsync(request, backend, lease.Outcome);
                return;
            }

            // 7. Forward, and give the slot back.
            ForwardOutcome outcome;
            try
            {
                outcome = await (settings.IsHttp2 ? http2 : http1).ForwardAsync(request, target, pod);
            }
            finally
            {
                backend.Breaker.Release(pod);
            }
            if (outcome == ForwardOutcome.Done)
            {
                pod.Trust();
                return;
            }

            // 8. Again, but only where that is harmless; at another pod if there is one.
            if (outcome is ForwardOutcome.ConnectFailed or ForwardOutcome.BrokenBeforeResponse) backend.Breaker.Avoid(pod);
            _ = outcome == ForwardOutcome.ConnectFailed ? ++connects : ++sends;
            if (!RetryRule.MayRetry(outcome, connects, sends, request.Http.Method, request.HasBody))
            {
                await FailAsync(request, backend, pod, outcome);
                return;
            }
            await PauseAsync(request, RetryRule.Pause(outcome, connects, backend.Breaker.HasTrustedPod));
        }
    }

    private async ValueTask<SlotLease> WaitAsync(GatewayRequest request, RevisionBackend backend)
    {
        if (request.Trace.Queued == 0) request.Trace.Queued = time.GetTimestamp();
        if (!backend.HasReadyPods && backend.Breaker.Waiting == 0 && request.Trace.Poked == 0)
        {
            reporter.Poke(backend);
            request.Trace.Poked = time.GetTimestamp();
        }
        instruments.Queued(backend, 1);
        var lease = await backend.Breaker.AcquireAsync(request.Deadline.Token);
        instruments.Queued(backend, -1);
        request.Trace.PodReady = time.GetTimestamp();
        if (lease.Pod?.Startup is { } startup) request.Trace.Explain(startup, time);
        return lease;
    }

    private async ValueTask PauseAsync(GatewayRequest request, TimeSpan pause)
    {
        if (pause == TimeSpan.Zero) return;
        try
        {
            await Task.Delay(pause, time, request.Deadline.Token);
        }
        catch (OperationCanceledException)
        {
            // The next attempt sees it.
        }
    }

    private async ValueTask<bool> IsReadyAsync(GatewayRequest request)
    {
        try
        {
            await ready.WaitAsync(StartPatience, time, request.Context.RequestAborted);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            await GatewayErrors.NotReady(request.Response);
            return false;
        }
    }

    private static Task RefuseAsync(GatewayRequest request, RevisionBackend backend, SlotOutcome outcome) => outcome switch
    {
        SlotOutcome.QueueFull => GatewayErrors.QueueIsFull(request.Response, backend),
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
