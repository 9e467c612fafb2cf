using Kip.Traffic.Activation;
using Kip.Traffic.Forwarding;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kip.Traffic.Http;

/// <summary>One request in the gateway, and what is kept between the requests of its connection.</summary>
internal sealed class GatewayRequest
{
    private readonly TimeProvider _time;

    public GatewayRequest(IFeatureCollection features, TimeProvider time)
    {
        _time = time;
        Context = new(features);
        Deadline = new(time);
        Transformer = new(this);
    }

    public DefaultHttpContext Context { get; }

    public HttpRequest Http => Context.Request;

    public HttpResponse Response => Context.Response;

    public RequestDeadline Deadline { get; }

    /// <summary>Writes the request that goes to the pod, and takes its response.</summary>
    public PodTransformer Transformer { get; }

    public ColdStartTrace Trace;

    /// <summary>Whether the client wants the stages told.</summary>
    public bool IsTraced { get; private set; }

    public void Begin(IFeatureCollection features)
    {
        Context.Initialize(features);
        Trace = new() { Received = _time.GetTimestamp() };
    }

    public void End()
    {
        Deadline.End();
        Context.Uninitialize();
    }

    /// <summary>Reads what the request asks of the gateway itself.</summary>
    public void ReadTraceHeader() => IsTraced = Http.Headers.ContainsKey(ColdStartTrace.RequestHeader);

    /// <summary>Whether the request has a body, as far as its headers tell.</summary>
    public bool HasBody => Context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? Http.ContentLength is > 0;

    /// <summary>The request is on its way to a pod.</summary>
    public void Forwarded() => Trace.Forwarded = _time.GetTimestamp();

    /// <summary>The pod's response begins: notes it, and tells the stages if they were asked for.</summary>
    public void ResponseStarted()
    {
        Deadline.ResponseStarted();
        Trace.FirstByte = _time.GetTimestamp();
        if (IsTraced) Response.Headers.Append("Server-Timing", Trace.ToServerTiming(_time));
    }
}
