using System.Diagnostics;
using Kip.Traffic.Activation;
using Kip.Traffic.Forwarding;
using Kip.Traffic.Forwarding.Http1;
using Kip.Traffic.Forwarding.Http2;
using Kip.Traffic.Observability;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kip.Traffic.Http;

/// <summary>One request in the gateway, and what is kept between the requests of its connection (HTTP/1.1) or stream (HTTP/2).</summary>
internal sealed class GatewayRequest
{
    private readonly TimeProvider _time;
    private readonly bool _ownsConnection;
    private CancellationTokenRegistration _aborted;
    private ClientIdentity? _client;
    private ClientIdentity? _told;
    private FailedAttempt? _failed;

    // A field, for it is changed in place.
    private ColdStartTrace _trace;

    public GatewayRequest(IFeatureCollection features, TimeProvider time)
    {
        _time = time;
        Context = new(features);
        Deadline = new(time);
        Transformer = new(this);
        _ownsConnection = features.Get<IHttpRequestFeature>()!.Protocol.StartsWith("HTTP/1", StringComparison.Ordinal);
        Listener = features.Get<GatewayListener>() ?? GatewayListener.Loopback;
        _failed = features.Get<FailedAttempt>();
        // One connection, one request at a time: one registration serves them all. It goes with the connection.
        if (_ownsConnection)
            features.Get<IConnectionLifetimeFeature>()!.ConnectionClosed.UnsafeRegister(static state => ((RequestDeadline)state!).Cancel(), Deadline);
    }

    public DefaultHttpContext Context { get; }

    public HttpRequest Http => Context.Request;

    public HttpResponse Response => Context.Response;

    /// <summary>The socket it came by.</summary>
    public GatewayListener Listener { get; }

    /// <summary>Whether hosts of the inside are served to it.</summary>
    public bool SeesClusterLocal => Listener.ServesClusterLocal;

    /// <summary>Its token is cancelled when the time is up or the client has gone.</summary>
    public RequestDeadline Deadline { get; }

    /// <summary>Writes the request that goes to an HTTP/2 pod, and takes its response.</summary>
    public PodTransformer Transformer { get; }

    /// <summary>When it passed which stage.</summary>
    public ref ColdStartTrace Trace => ref _trace;

    /// <summary>Whether the client wants the stages told.</summary>
    public bool IsTraced { get; private set; }

    /// <summary>What was wrong with the body; null when nothing was, or when it just ended.</summary>
    public BadHttpRequestException? BodyFailure { get; set; }

    /// <summary>The id under which it is logged; null when nobody wants one.</summary>
    public string? RequestId { get; set; }

    /// <summary>Its span, while somebody traces.</summary>
    public Activity? Span { get; set; }

    /// <summary>The span of the present attempt to forward it.</summary>
    public Activity? Forwarding { get; set; }

    /// <summary>The pod that it was last sent to.</summary>
    public PodTracker? Pod { get; set; }

    /// <summary>Bytes of the response's body so far.</summary>
    public long ResponseBytes { get; set; }

    /// <summary>What the pod is told of the client.</summary>
    public ClientIdentity Client => _told ?? (_client ??= ClientIdentity.Of(Http));

    /// <summary>Whether the request has a body, as far as its headers tell.</summary>
    public bool HasBody => BodyKind != RequestBodyKind.None;

    public RequestBodyKind BodyKind { get; private set; }

    /// <summary>Attempts that ended without a connection.</summary>
    public int Connects { get; private set; }

    /// <summary>Attempts that sent something.</summary>
    public int Sends { get; private set; }

    public void Begin(IFeatureCollection features)
    {
        Context.Initialize(features);
        _trace = new() { Received = _failed?.Received ?? _time.GetTimestamp() };
        BodyFailure = null;
        Connects = Sends = 0;
        (RequestId, Span, Forwarding, Pod, ResponseBytes) = (null, null, null, null, 0);
        var headers = Http.Headers;
        IsTraced = headers.ContainsKey(ColdStartTrace.RequestHeader);
        _told = ClientIdentity.IsTold(headers) ? ClientIdentity.Of(Http) : null;
        var canHaveBody = features.Get<IHttpRequestBodyDetectionFeature>()!.CanHaveBody && headers.Upgrade.Count == 0;
        BodyKind = headers.ContentLength is not null ? RequestBodyKind.Length : canHaveBody ? RequestBodyKind.Chunked : RequestBodyKind.None;
        if (!_ownsConnection) _aborted = Context.RequestAborted.UnsafeRegister(static state => ((RequestDeadline)state!).Cancel(), Deadline);
    }

    public void End()
    {
        // Waits for a cancellation that is under way, so that it does not meet the next request.
        _aborted.Dispose();
        _aborted = default;
        Deadline.End();
        // It is about this request, whatever has become of it.
        _failed = null;
        Context.Uninitialize();
    }

    /// <summary>What has been tried with it on the direct path, which happens only to the first request that comes from there. Told once.</summary>
    public FailedAttempt? TakeFailed()
    {
        var failed = _failed;
        _failed = null;
        return failed;
    }

    /// <summary>An attempt has failed.</summary>
    public void Count(ForwardOutcome outcome)
    {
        if (outcome == ForwardOutcome.ConnectFailed) Connects++;
        else Sends++;
    }

    /// <summary>The request is on its way to a pod.</summary>
    public void Forwarded() => _trace.Forwarded = _time.GetTimestamp();

    /// <summary>The pod's response begins: notes it, and tells the stages if they were asked for.</summary>
    public void ResponseStarted()
    {
        Deadline.ResponseStarted();
        _trace.FirstByte = _time.GetTimestamp();
        if (RequestId is { } id) Response.Headers.TryAdd(RequestIds.Header, id);
        if (IsTraced) Response.Headers.Append("Server-Timing", _trace.ToServerTiming(_time));
    }
}
