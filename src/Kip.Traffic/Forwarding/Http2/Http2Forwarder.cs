using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using Kip.Traffic.Activation;
using Kip.Traffic.Http;
using Kip.Traffic.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Kip.Traffic.Forwarding.Http2;

/// <summary>Forwards over HTTP/2 with prior knowledge (gRPC), by YARP's forwarder.</summary>
internal sealed class Http2Forwarder(GatewayOptions options, ILoggerFactory loggers) : IForwarder
{
    private readonly Lazy<ProxyLibrary> _library = new(() => Make(options, loggers));

    public async ValueTask<ForwardOutcome> ForwardAsync(GatewayRequest request, SplitTarget target, PodTracker pod)
    {
        request.Transformer.Target = target;
        var error = await _library.Value.SendAsync(request, pod.Address, request.Transformer);
        return error == ForwarderError.None ? ForwardOutcome.Done : Judge(request, error);
    }

    public void Prune()
    {
        // The HTTP client closes its connections itself.
    }

    public void Dispose()
    {
        if (_library.IsValueCreated) _library.Value.Dispose();
    }

    // Timeouts are the request's deadline's; the proxy library's own must not cut in.
    private static ProxyLibrary Make(GatewayOptions options, ILoggerFactory loggers) => new(
        new SocketsHttpHandler
        {
            UseProxy = false, UseCookies = false, AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null, EnableMultipleHttp2Connections = true,
            ConnectTimeout = options.ConnectTimeout, PooledConnectionIdleTimeout = options.PodIdleTimeout,
            MaxResponseHeadersLength = 64,
        },
        new() { ActivityTimeout = TimeSpan.FromDays(2), Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact },
        loggers);

    private static ForwardOutcome Judge(GatewayRequest request, ForwarderError error)
    {
        var exception = request.Context.Features.Get<IForwarderErrorFeature>()?.Exception;
        if (request.Deadline.Token.IsCancellationRequested || request.Context.RequestAborted.IsCancellationRequested) return ForwardOutcome.Cancelled;
        if (request.Response.HasStarted) return ForwardOutcome.BrokenResponse;
        request.BodyFailure = exception as BadHttpRequestException;
        if (error == ForwarderError.RequestBodyClient || request.BodyFailure is not null) return ForwardOutcome.BadRequestBody;
        return error == ForwarderError.Request && IsConnectFailure(exception) ? ForwardOutcome.ConnectFailed : ForwardOutcome.BrokenBeforeResponse;
    }

    private static bool IsConnectFailure(Exception? exception) => exception is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError,
    } && exception.InnerException is not HttpIOException;
}
