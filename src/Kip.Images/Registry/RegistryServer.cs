using System.Net;
using Kip.Images.Pulling;
using Kip.Images.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
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

    private RegistryServer(KestrelServer server, UploadSessions sessions, TimeProvider time)
    {
        (_server, _sessions) = (server, sessions);
        var bound = new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
        EndPoint = new IPEndPoint(IPAddress.TryParse(bound.Host.Trim('[', ']'), out var address) ? address : IPAddress.Loopback, bound.Port);
        _expiry = time.CreateTimer(static state => _ = ((UploadSessions)state!).ExpireAsync(), sessions, ExpiryPeriod, ExpiryPeriod);
    }

    /// <summary>Where it listens, with the port that it really has.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Begins to listen.</summary>
    /// <exception cref="IOException">The address is in use and must not be changed.</exception>
    /// <exception cref="FormatException">registries.yaml is wrong.</exception>
    public static async Task<RegistryServer> StartAsync(
        RegistryOptions options, LocalImages images, RegistryToken token, RegistrySettingsFile settings, TimeProvider time, ILoggerFactory loggers,
        CancellationToken cancel)
    {
        _ = settings.Current;
        try
        {
            return await ListenAsync(options, images, token, settings, time, loggers, cancel);
        }
        catch (IOException inUse) when (options.MayMove && inUse.InnerException is AddressInUseException)
        {
            return await ListenAsync(options with { EndPoint = new(options.EndPoint.Address, 0) }, images, token, settings, time, loggers, cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _expiry.DisposeAsync();
        using var patience = new CancellationTokenSource(DrainTime);
        await _server.StopAsync(patience.Token);
        _server.Dispose();
        await _sessions.DisposeAsync();
    }

    private static async Task<RegistryServer> ListenAsync(
        RegistryOptions options, LocalImages images, RegistryToken token, RegistrySettingsFile settings, TimeProvider time, ILoggerFactory loggers,
        CancellationToken cancel)
    {
        var sessions = new UploadSessions(images.Content, options, time);
        var router = new RegistryRouter(
            new RegistryAccess(token, settings), new BlobEndpoints(images), new UploadEndpoints(images, sessions, options), new ManifestEndpoints(images),
            new ListEndpoints(images), loggers.CreateLogger<RegistryServer>());
        var server = new KestrelServer(
            Options.Create(Limits(options)), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers), loggers);
        try
        {
            await server.StartAsync(new RegistryApplication(router), cancel);
        }
        catch
        {
            server.Dispose();
            throw;
        }
        return new RegistryServer(server, sessions, time);
    }

    private static KestrelServerOptions Limits(RegistryOptions options)
    {
        var server = new KestrelServerOptions { AddServerHeader = false };
        server.Limits.MaxConcurrentConnections = 1000;
        server.Listen(options.EndPoint, static listen => listen.Protocols = HttpProtocols.Http1);
        return server;
    }
}
