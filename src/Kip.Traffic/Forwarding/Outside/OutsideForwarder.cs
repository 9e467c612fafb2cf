using System.Net;
using System.Net.Http;
using Kip.Traffic.Http;
using Kip.Traffic.Routing;
using Kip.Traffic.Services;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Kip.Traffic.Forwarding.Outside;

/// <summary>The gateway as a program's HTTP proxy: requests in absolute form to hosts that are not the platform's go there.</summary>
/// <remarks>
/// A program without a DNS that knows the platform's names reaches them with <c>http_proxy</c> set to the gateway, and then sends all plain HTTP here.
/// Only clients on loopback are served, by a listener of the inside: they could connect there themselves, so this opens nothing to anybody.
/// A browser cannot be made to send this form, so a web page cannot use it.
/// </remarks>
internal sealed class OutsideForwarder(GatewayOptions options, ILoggerFactory loggers) : IDisposable
{
    private readonly Lazy<ProxyLibrary> _library = new(() => Make(options, loggers));

    /// <summary>Whether a request is to be passed on.</summary>
    public bool Accepts(GatewayRequest request, string host)
    {
        if (!options.ForwardsOutside || !request.SeesClusterLocal || ClusterName.IsInside(HostName.WithoutPort(host))) return false;
        var target = request.Context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        return target.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            && request.Context.Connection.RemoteIpAddress is { } client && IPAddress.IsLoopback(client);
    }

    /// <summary>Passes it on and its answer back; 502 when the host cannot be reached.</summary>
    public async Task ForwardAsync(GatewayRequest request)
    {
        var host = request.Http.Headers.Host.ToString();
        var error = await _library.Value.SendAsync(request, $"http://{host}", HttpTransformer.Default);
        if (error != ForwarderError.None && !request.Response.HasStarted)
            await GatewayErrors.OutsideFailed(
                request.Response, host, request.Context.Features.Get<IForwarderErrorFeature>()?.Exception?.Message ?? error.ToString());
    }

    public void Dispose()
    {
        if (_library.IsValueCreated) _library.Value.Dispose();
    }

    // The platform's own proxy setting, if there is one, holds for its programs, too.
    private static ProxyLibrary Make(GatewayOptions options, ILoggerFactory loggers) => new(
        new SocketsHttpHandler
        {
            UseCookies = false, AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None, ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(10), PooledConnectionIdleTimeout = options.PodIdleTimeout, MaxResponseHeadersLength = 64,
        },
        new() { ActivityTimeout = TimeSpan.FromMinutes(10) },
        loggers);
}
