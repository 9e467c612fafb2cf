using System.Net;
using System.Net.Sockets;
using Kip.Images.Pulling;
using Kip.Images.Storage;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Kip.Images.Registry;

/// <summary>Kip's own registry: the OCI distribution API over the image store. Begin reading at <see cref="RegistryRouter"/>.</summary>
public sealed class RegistryServer : IAsyncDisposable
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ExpiryPeriod = TimeSpan.FromMinutes(1);

    private readonly KestrelServer _server;
    private readonly UploadSessions _sessions;
    private readonly ITimer _expiry;

    private RegistryServer(KestrelServer server, IPEndPoint endPoint, UploadSessions sessions, TimeProvider time)
    {
        (_server, EndPoint, _sessions) = (server, endPoint, sessions);
        _expiry = time.CreateTimer(static state => _ = ((UploadSessions)state!).ExpireAsync(), sessions, ExpiryPeriod, ExpiryPeriod);
    }

    /// <summary>Where it listens, with the port that it really has.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Begins to serve.</summary>
    /// <param name="listening">A socket that listens. It is closed with the server.</param>
    /// <param name="first">A connection that was accepted before, served like those that follow; null: none.</param>
    /// <param name="options">The limits.</param>
    /// <param name="images">What is served.</param>
    /// <param name="token">The password.</param>
    /// <param name="settings">Whether it can be read without one.</param>
    /// <param name="time">Times uploads.</param>
    /// <param name="loggers">Where it logs.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="FormatException">registries.yaml is wrong.</exception>
    public static async Task<RegistryServer> StartAsync(
        Socket listening, Socket? first, RegistryOptions options, LocalImages images, RegistryToken token, RegistrySettingsFile settings, TimeProvider time,
        ILoggerFactory loggers, CancellationToken cancel)
    {
        _ = settings.Current;
        var sessions = new UploadSessions(images.Content, options, time);
        var router = new RegistryRouter(
            new RegistryAccess(token, settings), new BlobEndpoints(images), new UploadEndpoints(images, sessions, options), new ManifestEndpoints(images),
            new ListEndpoints(images), loggers.CreateLogger<RegistryServer>());
        var endPoint = (IPEndPoint)listening.LocalEndPoint!;
        var server = new KestrelServer(Options.Create(Limits(endPoint)), new OpenedTransport(listening, first, loggers), loggers);
        try
        {
            await server.StartAsync(new RegistryApplication(router), cancel);
        }
        catch
        {
            server.Dispose();
            throw;
        }
        return new RegistryServer(server, endPoint, sessions, time);
    }

    public async ValueTask DisposeAsync()
    {
        await _expiry.DisposeAsync();
        using var patience = new CancellationTokenSource(DrainTime);
        await _server.StopAsync(patience.Token);
        _server.Dispose();
        await _sessions.DisposeAsync();
    }

    private static KestrelServerOptions Limits(IPEndPoint endPoint)
    {
        var server = new KestrelServerOptions { AddServerHeader = false };
        server.Limits.MaxConcurrentConnections = 1000;
        server.Listen(endPoint, static listen => listen.Protocols = HttpProtocols.Http1);
        return server;
    }
}
