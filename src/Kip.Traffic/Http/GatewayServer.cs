using System.Net;
using System.Text;
using Kip.Traffic.Direct;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Kip.Traffic.Http;

/// <summary>The HTTP server in front of the pipeline, with nothing between the two.</summary>
internal sealed class GatewayServer : IAsyncDisposable
{
    // Clients that the system keeps until they are accepted.
    private const int Backlog = 4096;

    private readonly KestrelServer _server;
    private readonly SocketConnectionContextFactory _begun;
    private readonly ProtocolSorter _sorter;
    private readonly TimeSpan _shutdownTimeout;

    private GatewayServer(
        KestrelServer server, SocketConnectionContextFactory begun, ProtocolSorter sorter, IPEndPoint endPoint, TimeSpan shutdownTimeout)
    {
        EndPoint = endPoint;
        _server = server;
        _begun = begun;
        _sorter = sorter;
        _shutdownTimeout = shutdownTimeout;
    }

    /// <summary>Where the first port is.</summary>
    public IPEndPoint EndPoint { get; }

    /// <inheritdoc cref="ProtocolSorter.OpenAsync"/>
    public Task<IPEndPoint> OpenAsync(GatewayListener listener, CancellationToken cancel) => _sorter.OpenAsync(listener, cancel);

    /// <exception cref="IOException">The port is in use.</exception>
    public static async Task<GatewayServer> StartAsync<T>(
        GatewayOptions options, IHttpApplication<T> application, ITlsTerminator tls, DirectPath direct, TimeProvider time, ILoggerFactory loggers,
        CancellationToken cancel) where T : notnull
    {
        var transport = new SocketTransportFactory(
            Options.Create(new SocketTransportOptions { Backlog = Backlog, UnsafePreferInlineScheduling = true, WaitForDataBeforeAllocatingBuffer = false }),
            loggers);
        var begun = new SocketConnectionContextFactory(
            new() { UnsafePreferInlineScheduling = true, WaitForDataBeforeAllocatingBuffer = false }, loggers.CreateLogger<SocketConnectionContextFactory>());
        var sorter = new ProtocolSorter(transport, begun, tls, direct, Backlog, options.RequestHeadersTimeout, time);
        var server = new KestrelServer(Options.Create(Limits(options)), sorter, loggers);
        try
        {
            await server.StartAsync(application, cancel);
            var endPoint = await sorter.OpenAsync(new(options.EndPoint) { ServesClusterLocal = options.ServesClusterLocal }, cancel);
            return new(server, begun, sorter, endPoint, options.ShutdownTimeout);
        }
        catch
        {
            server.Dispose();
            begun.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(_shutdownTimeout);
        await _server.StopAsync(patience.Token);
        _server.Dispose();
        _begun.Dispose();
    }

    private static KestrelServerOptions Limits(GatewayOptions options)
    {
        var server = new KestrelServerOptions { AddServerHeader = false };
        // Header values are passed through as they are, whatever their bytes.
        server.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
        server.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
        server.Limits.MaxRequestBodySize = options.MaxRequestBodySize;
        server.Limits.MaxRequestLineSize = options.MaxRequestLineSize;
        server.Limits.MaxRequestHeadersTotalSize = options.MaxRequestHeadersTotalSize;
        server.Limits.MaxRequestHeaderCount = options.MaxRequestHeaderCount;
        server.Limits.RequestHeadersTimeout = options.RequestHeadersTimeout;
        server.Limits.KeepAliveTimeout = options.KeepAliveTimeout;
        // A stream may stand still between messages in both directions; how long is the revision's business, and its timeouts see to it.
        server.Limits.MinRequestBodyDataRate = null;
        server.Limits.Http2.MaxStreamsPerConnection = 250;
        server.Listen(ProtocolSorter.Http1, static listen => listen.Protocols = HttpProtocols.Http1);
        server.Listen(ProtocolSorter.Http2, static listen => listen.Protocols = HttpProtocols.Http2);
        return server;
    }
}
