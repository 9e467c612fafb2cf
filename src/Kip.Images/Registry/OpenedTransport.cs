using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Kip.Images.Registry;

/// <summary>The web server's usual transport over a socket that listens already; a connection that was accepted before comes first.</summary>
internal sealed class OpenedTransport(Socket listening, Socket? first, ILoggerFactory loggers) : IConnectionListenerFactory
{
    private readonly SocketTransportFactory _usual = new(
        Options.Create(new SocketTransportOptions { CreateBoundListenSocket = _ => listening }), loggers);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await _usual.BindAsync(endpoint, cancellationToken), first, new(new(), loggers.CreateLogger<OpenedTransport>()));

    private sealed class Listener(IConnectionListener usual, Socket? begun, SocketConnectionContextFactory connections) : IConnectionListener
    {
        private Socket? _begun = begun;

        public EndPoint EndPoint => usual.EndPoint;

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            if (Interlocked.Exchange(ref _begun, null) is not { } socket) return usual.AcceptAsync(cancellationToken);
            socket.NoDelay = true;
            return new(connections.Create(socket));
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => usual.UnbindAsync(cancellationToken);

        public async ValueTask DisposeAsync()
        {
            Interlocked.Exchange(ref _begun, null)?.Dispose();
            await usual.DisposeAsync();
            connections.Dispose();
        }
    }
}
