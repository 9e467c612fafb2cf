using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using Kip.Traffic.Activation;
using Kip.Traffic.Http;
using Kip.Traffic.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Kip.Traffic.Forwarding;

/// <summary>Sends a request to a pod and its response back, streaming both ways.</summary>
internal sealed class Forwarder : IDisposable
{
    // Timeouts are the request's deadline's; the proxy library's own must not cut in.
    private static readonly TimeSpan Never = TimeSpan.FromDays(2);
    private static readonly ForwarderRequestConfig Http1 = new()
    {
        ActivityTimeout = Never, Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };
    private static readonly ForwarderRequestConfig Http2 = new()
    {
        ActivityTimeout = Never, Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private readonly IHttpForwarder _proxy;
    private readonly HttpMessageInvoker _client;

    public Forwarder(GatewayOptions options, ILoggerFactory loggers)
    {
        _client = new(new SocketsHttpHandler
        {
            UseProxy = false, UseCookies = false, AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null, EnableMultipleHttp2Connections = true,
            ConnectTimeout = options.ConnectTimeout, PooledConnectionIdleTimeout = options.PodIdleTimeout,
            MaxResponseHeadersLength = 64,
        });
        var services = new ServiceCollection().AddSingleton(loggers).AddSingleton(typeof(ILogger<>), typeof(Logger<>)).AddHttpForwarder();
        _proxy = services.BuildServiceProvider().GetRequiredService<IHttpForwarder>();
    }

    public async ValueTask<ForwardOutcome> ForwardAsync(GatewayRequest request, SplitTarget target, PodTracker pod, RevisionSettings settings)
    {
        request.Transformer.Target = target;
        request.Trace.Forwarded = 0;
        var config = settings.IsHttp2 ? Http2 : Http1;
        var error = await _proxy.SendAsync(request.Context, pod.Address, _client, config, request.Transformer, request.Deadline.Token);
        return error == ForwarderError.None ? ForwardOutcome.Done : Judge(request.Context, error);
    }

    public void Dispose() => _client.Dispose();

    private static ForwardOutcome Judge(HttpContext context, ForwarderError error)
    {
        var exception = context.Features.Get<IForwarderErrorFeature>()?.Exception;
        if (error is ForwarderError.RequestBodyClient || exception is BadHttpRequestException) return ForwardOutcome.BadRequestBody;
        if (error is ForwarderError.RequestCanceled or ForwarderError.RequestTimedOut or ForwarderError.RequestBodyCanceled
            or ForwarderError.UpgradeRequestCanceled or ForwarderError.UpgradeResponseCanceled) return ForwardOutcome.Cancelled;
        if (context.Response.HasStarted) return ForwardOutcome.BrokenResponse;
        return error == ForwarderError.Request && IsConnectFailure(exception) ? ForwardOutcome.ConnectFailed : ForwardOutcome.BrokenBeforeResponse;
    }

    private static bool IsConnectFailure(Exception? exception) => exception is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError,
    } && exception.InnerException is not HttpIOException;
}
