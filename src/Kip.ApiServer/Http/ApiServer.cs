using System.Net;
using System.Security.Authentication;
using Kip.ApiServer.Http.Bodies;
using Kip.ApiServer.Http.Connections;
using Kip.ApiServer.Http.Metrics;
using Kip.ApiServer.Http.Subresources;
using Kip.ApiServer.Http.Subresources.Exec;
using Kip.ApiServer.Http.Subresources.PortForward;
using Kip.ApiServer.Http.Verbs;
using Kip.ApiServer.Registry;
using Kip.ApiServer.Security;
using Kip.ApiServer.Security.Audit;
using Kip.ApiServer.Security.Authorization;
using Kip.Client.Pods;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kip.ApiServer.Http;

/// <summary>The Kubernetes-shaped HTTPS face of the registry: what kubectl, kn and client libraries talk to.</summary>
public sealed class ApiServer : IAsyncDisposable
{
    // Long enough for a write to reach the disk, short enough for somebody who waits for the process to end.
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5);

    private readonly WebApplication _app;
    private readonly Identities? _own;
    private readonly Task _issuing;
    private readonly CancellationTokenSource _stopping;
    private int _disposed;

    private ApiServer(WebApplication app, Identities? own, Task issuing, CancellationTokenSource stopping, Uri address, string kubeconfig)
    {
        (_app, _own, _issuing, _stopping) = (app, own, issuing, stopping);
        (Address, KubeconfigPath) = (address, kubeconfig);
    }

    /// <summary>Where the server is reached, with the port it really has.</summary>
    public Uri Address { get; }

    /// <summary>The kubeconfig that leads to it, with its CA and an administrator's token.</summary>
    public string KubeconfigPath { get; }

    /// <summary>Makes what is missing of CA, token and kubeconfig, and begins to listen.</summary>
    /// <param name="logs">What the containers wrote; null where no pods run: then logs are answered 501.</param>
    /// <exception cref="IOException">The address is in use or the folder cannot be written.</exception>
    /// <exception cref="InvalidDataException">The CA in the folder cannot be read.</exception>
    public static async Task<ApiServer> StartAsync(
        ApiServerOptions options, ResourceRegistry registry, IPodLogs? logs, TimeProvider time, ILoggerFactory loggers, CancellationToken cancel)
    {
        Directory.CreateDirectory(options.DataDirectory);
        var kubeconfig = Path.Combine(options.DataDirectory, "kubeconfig");
        var admin = AdminToken.Open(options.DataDirectory, KubeconfigWriter.ReadToken(kubeconfig), out var token);
        var identities = options.Identities ?? Identities.Open(options.DataDirectory, registry, time);
        await AccessBootstrap.RunAsync(registry, cancel);
        var certificate = new ServerCertificate(identities.Authority, NamesOf(options), AddressesOf(options), time);
        var stopping = new CancellationTokenSource();
        var app = Build(options, certificate, loggers);
        try
        {
            var pipeline = Pipeline(options, registry, logs, identities, identities.GateFor(admin), time, loggers, stopping.Token);
            var audit = options.Audit is { } write ? new AuditLog(write, time) : null;
            var limit = new BodyLimit(options.MaxBodyBytes);
            app.Run(http =>
            {
                http.Features.Set(limit);
                return audit is null ? pipeline.InvokeAsync(http) : audit.RunAsync(http, pipeline.InvokeAsync);
            });
            await app.StartAsync(cancel);
            var address = AddressOf(app);
            KubeconfigWriter.Write(kubeconfig, address, identities.Authority.CertificatePem, token);
            var issuing = identities.RunAsync(stopping.Token);
            return new ApiServer(app, options.Identities is null ? identities : null, issuing, stopping, address, kubeconfig);
        }
        catch
        {
            await app.DisposeAsync();
            if (options.Identities is null) identities.Dispose();
            stopping.Dispose();
            throw;
        }
    }

    /// <summary>Ends watches, lets requests under way finish, and stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _stopping.CancelAsync();
        using var patience = new CancellationTokenSource(DrainTime);
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
        await _issuing;
        _own?.Dispose();
        _stopping.Dispose();
    }

    private static RequestPipeline Pipeline(
        ApiServerOptions options, ResourceRegistry registry, IPodLogs? logs, Identities identities, AccessGate gate, TimeProvider time,
        ILoggerFactory loggers, CancellationToken stopping)
    {
        var reads = new ResourceReads(registry, time);
        var applies = new ResourceApplies(registry, reads, gate.Authorizer, time);
        var router = new ResourceRouter(
            registry.Kinds, reads, new ResourceWatch(registry, time, options.WatchTimeout), new ResourceWrites(registry, reads),
            new ResourcePatches(registry, reads, applies), new ResourceDeletes(registry, reads), new ScaleSubresource(registry, reads, applies),
            new PodLogsSubresource(logs, reads, time), new PodExecSubresource(options.Exec, reads, new ExecConnections(time)),
            new PodPortForward(options.Forward, reads, time), new TokenSubresource(registry, identities.Tokens),
            new MetricsApi(options.Usage, registry, reads, time));
        return new RequestPipeline(
            registry, router, options.ExtraEndpoints, gate, identities.Documents, new RequestLimits(options), loggers.CreateLogger<ApiServer>(), stopping);
    }

    private static WebApplication Build(ApiServerOptions options, ServerCertificate certificate, ILoggerFactory loggers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton(loggers);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // The real limit is RequestBody's, which lets a client that sends somewhat more read why it is refused.
            kestrel.Limits.MaxRequestBodySize = 10L * options.MaxBodyBytes;
            // Every watch of a client is a stream of its one HTTP/2 connection.
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            kestrel.Listen(options.Endpoint, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(https =>
                {
                    https.ServerCertificateSelector = (_, _) => certificate.Current;
                    // Asked for, not required: most clients carry a token. Who shows one is judged at the gate, so that a bad one is answered by 401.
                    https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                    https.AllowAnyClientCertificate();
                    https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
                });
                listen.Use(GatheredTransport.Over);
            });
        });
        return builder.Build();
    }

    private static Uri AddressOf(WebApplication app)
    {
        var bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var address = new Uri(bound);
        // What listens everywhere is reached on loopback.
        var host = address.Host is "0.0.0.0" or "[::]" ? "127.0.0.1" : address.Host;
        return new Uri($"https://{host}:{address.Port}");
    }

    private static List<string> NamesOf(ApiServerOptions options) =>
    [
        "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local",
        .. options.ServerNames.Where(static name => !IPAddress.TryParse(name, out _)),
    ];

    private static List<IPAddress> AddressesOf(ApiServerOptions options)
    {
        var addresses = new HashSet<IPAddress> { IPAddress.Loopback, IPAddress.IPv6Loopback };
        if (!options.Endpoint.Address.Equals(IPAddress.Any) && !options.Endpoint.Address.Equals(IPAddress.IPv6Any)) addresses.Add(options.Endpoint.Address);
        foreach (var name in options.ServerNames)
            if (IPAddress.TryParse(name, out var address)) addresses.Add(address);
        return [.. addresses];
    }
}
