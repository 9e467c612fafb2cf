using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Kip.Traffic.Tls;

/// <summary>A client's connection with the encryption taken off: what the HTTP server reads and writes is plain.</summary>
internal sealed class TlsConnection : ConnectionContext, IDuplexPipe, ITlsConnectionFeature, ITlsApplicationProtocolFeature
{
    private readonly ConnectionContext _connection;
    private int _disposed;

    public TlsConnection(ConnectionContext connection)
    {
        _connection = connection;
        Stream = new(new DuplexStream(connection.Transport.Input.AsStream(), connection.Transport.Output.AsStream()));
        Input = PipeReader.Create(Stream, new(leaveOpen: true));
        Output = PipeWriter.Create(Stream, new(leaveOpen: true));
        connection.Features.Set<ITlsConnectionFeature>(this);
        connection.Features.Set<ITlsApplicationProtocolFeature>(this);
    }

    public SslStream Stream { get; }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public override IDuplexPipe Transport
    {
        get => this;
        set => throw new NotSupportedException();
    }

    public override string ConnectionId
    {
        get => _connection.ConnectionId;
        set => _connection.ConnectionId = value;
    }

    public override IFeatureCollection Features => _connection.Features;

    public override IDictionary<object, object?> Items
    {
        get => _connection.Items;
        set => _connection.Items = value;
    }

    public override EndPoint? LocalEndPoint
    {
        get => _connection.LocalEndPoint;
        set => _connection.LocalEndPoint = value;
    }

    public override EndPoint? RemoteEndPoint
    {
        get => _connection.RemoteEndPoint;
        set => _connection.RemoteEndPoint = value;
    }

    public override CancellationToken ConnectionClosed
    {
        get => _connection.ConnectionClosed;
        set => _connection.ConnectionClosed = value;
    }

    /// <summary>Clients prove who they are by other means.</summary>
    public X509Certificate2? ClientCertificate { get; set; }

    public ReadOnlyMemory<byte> ApplicationProtocol => Stream.NegotiatedApplicationProtocol.Protocol;

    public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult<X509Certificate2?>(null);

    public override void Abort(ConnectionAbortedException abortReason) => _connection.Abort(abortReason);

    public override void Abort() => _connection.Abort();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await Input.CompleteAsync();
        try
        {
            await Output.CompleteAsync();
            await Stream.DisposeAsync();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or ConnectionAbortedException or ObjectDisposedException)
        {
            // The other side is gone: there is nobody to say goodbye to.
        }
        await _connection.DisposeAsync();
    }
}
