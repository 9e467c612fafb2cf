using System.Net;
using Kip.Brokers.Http.Plain;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Kip.Brokers.Http;

/// <summary>The HTTP server in front of the ingress, with nothing between the two.</summary>
internal sealed class IngressListener : IAsyncDisposable
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5);

    private readonly KestrelServer _server;

    private IngressListener(KestrelServer server, IPEndPoint endPoint) => (_server, EndPoint) = (server, endPoint);

    public IPEndPoint EndPoint { get; }

    /// <exception cref="IOException">The port is in use.</exception>
    public static async Task<IngressListener> StartAsync(
        BrokerOptions options, IngressApplication application, PlainIngress plain, ILoggerFactory loggers, CancellationToken cancel)
    {
        var transport = new SocketTransportFactory(
            Options.Create(new SocketTransportOptions { Backlog = 4096, UnsafePreferInlineScheduling = true, WaitForDataBeforeAllocatingBuffer = true }),
            loggers);
        var server = new KestrelServer(Options.Create(Settings(options, plain)), transport, loggers);
        try
        {
            await server.StartAsync(application, cancel);
        }
        catch
        {
            server.Dispose();
            throw;
        }
        var bound = new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return new(server, new(IPAddress.Parse(bound.Host.Trim('[', ']')), bound.Port));
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(DrainTime);
        await _server.StopAsync(patience.Token);
        _server.Dispose();
    }

    private static KestrelServerOptions Settings(BrokerOptions options, PlainIngress plain)
    {
        var server = new KestrelServerOptions { AddServerHeader = false };
        server.Limits.MaxRequestBodySize = options.MaxMessageBytes;
        server.Limits.MaxRequestHeadersTotalSize = 64 << 10;
        server.Limits.MaxRequestHeaderCount = 300;
        server.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        server.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
        server.Listen(options.EndPoint, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            // Plain events are met before the HTTP server, which gets the connection with the first request that is not one.
            listen.Use(next => connection => plain.RunAsync(connection, next));
        });
        return server;
    }
}
