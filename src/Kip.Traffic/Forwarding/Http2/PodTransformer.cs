using System.Net.Http;
using Kip.Traffic.Http;
using Kip.Traffic.Routing;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Kip.Traffic.Forwarding.Http2;

/// <summary>Makes the pod's request from the client's, for the proxy library.</summary>
internal sealed class PodTransformer(GatewayRequest request) : HttpTransformer
{
    /// <summary>Where the present request goes.</summary>
    public SplitTarget Target { get; set; } = null!;

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        foreach (var header in proxyRequest.Headers.NonValidated)
            if (InternalHeaders.IsStripped(header.Key)) proxyRequest.Headers.Remove(header.Key);
        Set(proxyRequest, "X-Forwarded-For", request.Client.For);
        Set(proxyRequest, "X-Forwarded-Proto", request.Client.Proto);
        Set(proxyRequest, "Forwarded", request.Client.Forwarded);
        if (request.Forwarding is { Id: { } parent })
        {
            Set(proxyRequest, "traceparent", parent);
            if (request.Forwarding.TraceStateString is { Length: > 0 } state) Set(proxyRequest, "tracestate", state);
        }
        foreach (var (name, value) in Target.Headers) Set(proxyRequest, name, value);
        if (Target.HostOverride is { } host) proxyRequest.Headers.Host = host;
        request.Forwarded();
    }

    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        var goesOn = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        if (proxyResponse is null) return goesOn;
        request.ResponseBytes = proxyResponse.Content.Headers.ContentLength ?? 0;
        request.ResponseStarted();
        // A caller may wait for these before it sends its first message; nothing else would send them before the first byte of the body.
        if (IsGrpcStream(proxyResponse)) await httpContext.Response.BodyWriter.FlushAsync(cancellationToken);
        return goesOn;
    }

    // An answer that is trailers alone must stay one frame, or clients take it for a stream that broke off.
    private static bool IsGrpcStream(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType?.StartsWith("application/grpc", StringComparison.Ordinal) == true
        && !response.Headers.Contains("grpc-status");

    private static void Set(HttpRequestMessage message, string name, string value)
    {
        message.Headers.Remove(name);
        message.Headers.TryAddWithoutValidation(name, value);
    }
}
