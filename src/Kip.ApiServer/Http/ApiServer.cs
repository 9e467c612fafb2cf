using System.Net;
using Kip.ApiServer.Http.Bodies;
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
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kip.ApiServer.Http;

/// <summary>The Kubernetes-shaped HTTPS face of the registry: what kubectl, kn and client libraries talk to.</summary>
public sealed class ApiServer : IAsyncDisposable
{
    // Long enough for a write to reach the disk, short enough for somebody who waits for the process to end.
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5);

    private readonly List<ApiListener> _listeners;
    private readonly Func<IPEndPoint, IReadOnlyList<IPAddress>, CancellationToken, Task<ApiListener>> _listen;
    private readonly Identities? _own;
    private readonly Task _issuing;
    private readonly CancellationTokenSource _stopping;
    private int _disposed;

    private ApiServer(
        ApiListener first, Func<IPEndPoint, IReadOnlyList<IPAddress>, CancellationToken, Task<ApiListener>> listen, Identities? own, Task issuing,
        CancellationTokenSource stopping, string kubeconfig)
    {
        (_listeners, _listen, _own, _issuing, _stopping) = ([first], listen, own, issuing, stopping);
        (Address, KubeconfigPath) = (first.Address, kubeconfig);
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
        var own = options.Identities is null ? identities : null;
        var stopping = new CancellationTokenSource();
        try
        {
            await AccessBootstrap.RunAsync(registry, cancel);
            var pipeline = Pipeline(options, registry, logs, identities, identities.GateFor(admin), time, loggers, stopping.Token);
            var answer = Answer(options, pipeline, time);
            Task<ApiListener> Listen(IPEndPoint endPoint, IReadOnlyList<IPAddress> addresses, CancellationToken cancelled) => ApiListener.StartAsync(
                endPoint, new ServerCertificate(identities.Authority, NamesOf(options), addresses, time), options.MaxBodyBytes, answer, loggers, cancelled);
            var first = await Listen(options.Endpoint, AddressesOf(options), cancel);
            KubeconfigWriter.Write(kubeconfig, first.Address, identities.Authority.CertificatePem, token);
            return new ApiServer(first, Listen, own, identities.RunAsync(stopping.Token), stopping, kubeconfig);
        }
        catch
        {
            own?.Dispose();
            stopping.Dispose();
            throw;
        }
    }

    /// <summary>Listens at one more address, on a free port: where pods reach it, for one.</summary>
    /// <exception cref="IOException">The address is none of this machine's.</exception>
    public async Task<IPEndPoint> ListenAsync(IPAddress address, CancellationToken cancel)
    {
        var listener = await _listen(new IPEndPoint(address, 0), [address], cancel);
        lock (_listeners) _listeners.Add(listener);
        return new IPEndPoint(address, listener.Address.Port);
    }

    /// <summary>Ends watches, lets requests under way finish, and stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _stopping.CancelAsync();
        using var patience = new CancellationTokenSource(DrainTime);
        ApiListener[] listeners;
        lock (_listeners) listeners = [.. _listeners];
        await Task.WhenAll(listeners.Select(listener => listener.StopAsync(patience.Token)));
        foreach (var listener in listeners) listener.Dispose();
        await _issuing;
        _own?.Dispose();
        _stopping.Dispose();
    }

    private static RequestDelegate Answer(ApiServerOptions options, RequestPipeline pipeline, TimeProvider time)
    {
        var audit = options.Audit is { } write ? new AuditLog(write, time) : null;
        var limit = new BodyLimit(options.MaxBodyBytes);
        return http =>
        {
            http.Features.Set(limit);
            return audit is null ? pipeline.InvokeAsync(http) : audit.RunAsync(http, pipeline.InvokeAsync);
        };
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
