using System.Diagnostics;
using Kip.Traffic.Activation;
using Kip.Traffic.Http;

namespace Kip.Traffic.Observability;

/// <summary>
/// A request's spans: <c>handle</c> for all of it, and below that waiting (<c>throttler_try</c>), a pod's start and forwarding
/// (<c>activator_proxy</c>).
/// </summary>
/// <remarks>While nobody listens to the source nothing is made and the client's trace context passes through untouched.</remarks>
internal static class Spans
{
    public const string SourceName = "Kip.Traffic";

    private static readonly ActivitySource Source = new(SourceName);

    public static bool IsOn => Source.HasListeners();

    /// <summary>Begins the request's span as a child of what its <c>traceparent</c> names.</summary>
    public static Activity? Handle(GatewayRequest request, RevisionBackend backend)
    {
        var headers = request.Http.Headers;
        ActivityContext.TryParse(headers.TraceParent, headers.TraceState, isRemote: true, out var parent);
        var span = Source.StartActivity("handle", ActivityKind.Server, parent, backend.Tags);
        if (span is not { IsAllDataRequested: true }) return span;
        span.SetTag("http.request.method", request.Http.Method);
        span.SetTag("url.path", request.Http.Path.Value);
        span.SetTag("server.address", headers.Host.ToString());
        span.SetTag("kn.route.tag", RouteTag.Of(headers));
        if (request.RequestId is { } id) span.SetTag("kip.request.id", id);
        return span;
    }

    public static Activity? Wait(GatewayRequest request) =>
        request.Span is { } handle ? Source.StartActivity("throttler_try", ActivityKind.Internal, handle.Context) : null;

    /// <summary>Ends waiting, and puts the pod's start below it where the request has waited for one.</summary>
    public static void Waited(Activity? wait, GatewayRequest request, SlotLease lease, TimeProvider time)
    {
        if (wait is null) return;
        if (lease.Pod is null) wait.SetStatus(ActivityStatusCode.Error, lease.Outcome.ToString());
        ref var trace = ref request.Trace;
        if (trace.Accepted != 0 && trace.AppReady != 0)
        {
            var (now, at) = (time.GetUtcNow(), time.GetTimestamp());
            using var start = Source.StartActivity("pod_start", ActivityKind.Internal, wait.Context, startTime: now - time.GetElapsedTime(trace.Accepted, at));
            start?.SetTag("k8s.pod.name", lease.Pod?.Pod.Name);
            start?.SetEndTime((now - time.GetElapsedTime(trace.AppReady, at)).UtcDateTime);
        }
        wait.Stop();
    }

    public static Activity? Forward(GatewayRequest request, PodTracker pod)
    {
        if (request.Span is not { } handle) return null;
        var span = Source.StartActivity("activator_proxy", ActivityKind.Client, handle.Context);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("k8s.pod.name", pod.Pod.Name);
            span.SetTag("k8s.pod.ip", pod.EndPoint.Address.ToString());
        }
        return span;
    }

    public static void Forwarded(Activity? forward, Forwarding.ForwardOutcome outcome)
    {
        if (forward is null) return;
        if (outcome != Forwarding.ForwardOutcome.Done) forward.SetStatus(ActivityStatusCode.Error, outcome.ToString());
        forward.Stop();
    }

    public static void End(GatewayRequest request)
    {
        if (request.Span is not { } handle) return;
        var status = request.Response.StatusCode;
        handle.SetTag("http.response.status_code", status);
        if (status >= 500) handle.SetStatus(ActivityStatusCode.Error);
        handle.Stop();
    }
}
