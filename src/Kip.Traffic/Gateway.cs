using System.Net;
using System.Threading.Channels;
using Kip.Client;
using Kip.Client.Certificates;
using Kip.Client.Informers;
using Kip.Client.Pods;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Networking;
using Kip.Resources.Serving;
using Kip.Rules.Scaling;
using Kip.Traffic.Activation;
using Kip.Traffic.Direct;
using Kip.Traffic.Forwarding.Http1;
using Kip.Traffic.Forwarding.Http2;
using Kip.Traffic.Forwarding.Outside;
using Kip.Traffic.Http;
using Kip.Traffic.Observability;
using Kip.Traffic.Projection;
using Kip.Traffic.Routing;
using Kip.Traffic.Services;
using Kip.Traffic.Stats;
using Kip.Traffic.Tls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Service = Kip.Resources.Core.Service;

namespace Kip.Traffic;

/// <summary>The way in for requests: finds the revision by host, path and split, wakes it if it sleeps, and forwards.</summary>
/// <remarks>A request's steps are told in order in <see cref="GatewayPipeline"/>.</remarks>
public sealed class Gateway : IPodDrain, IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<IDisposable> _subscriptions = [];
    private readonly List<Task> _loops = [];
    private readonly RevisionBackends _backends;
    private readonly ServiceBackends _services;
    private readonly ServerCertificates _certificates;
    private readonly StatReporter _reporter;
    private readonly RouteProjector _projector;
    private readonly IngressStatusWriter _statuses;
    private readonly GatewayPipeline _pipeline;
    private readonly DirectPath _direct;
    private readonly Http1Forwarder _http1;
    private readonly Http2Forwarder _http2;
    private readonly OutsideForwarder _outside;
    private readonly Instruments _instruments;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile RequestLog? _requestLog;
    private GatewayServer _server = null!;

    private Gateway(
        GatewayOptions options, InformerSet informers, IResources resources, ChannelWriter<RevisionStat> stats, ICertificateIssuer? issuer, Random random,
        TimeProvider time, ILoggerFactory loggers)
    {
        _backends = new(name => new(name, new(options.QueueDepth, random, time), time));
        _services = new(
            informers.Get<Service>(), informers.Get<Endpoints>(), name => new(name, new(options.QueueDepth, random, time), time, isRevision: false));
        _reporter = new(stats);
        Taps = new(time);
        _statuses = new(resources, () => EndPoint, time, loggers);
        _projector = new(_backends, _services.Knows, _statuses, loggers);
        _http1 = new(options, time);
        _http2 = new(options, loggers);
        _outside = new(options, loggers);
        _certificates = new(informers.Get<Secret>(), issuer, host => _projector.Table.Find(host) is not null, time, loggers);
        _instruments = new(() => _reporter.Active, () => _pipeline!.InFlight, time);
        _pipeline = new(
            options, () => _projector.Table, new(_services, _backends, random), _ready.Task, _reporter, _http1, _http2, _outside, () => _requestLog, Taps,
            () => HttpsEndPoint?.Port, random, time, _instruments);
        _direct = new(options, _pipeline, () => _projector.Table, _reporter, _http1, _instruments, random, time);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => _server.EndPoint;

    /// <summary>For those who want to follow a service's requests.</summary>
    public RequestTaps Taps { get; }

    /// <summary>Where it listens for TLS; null when it does not.</summary>
    public IPEndPoint? HttpsEndPoint { get; private set; }

    /// <summary>The version of the route table in force: grows with every change of a route.</summary>
    public long TableVersion => _projector.Table.Version;

    /// <summary>What is written of each request; null for nothing. May be replaced at any time.</summary>
    public RequestLog? RequestLog
    {
        get => _requestLog;
        set => _requestLog = value;
    }

    /// <summary>Requests in the gateway now, waiting ones included.</summary>
    public int RequestsInFlight => _pipeline.InFlight;

    /// <summary>Completes when all that was in the caches at the start is served. Requests that come before wait for it.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Starts listening. The informers may be started before or after.</summary>
    /// <param name="informers">Give it the caches of Ingress, Revision, Pod, Service, Endpoints and Secret.</param>
    /// <param name="resources">Where Ingress statuses are written.</param>
    /// <param name="stats">Gets each active revision's load once a second, and at once when an idle one gets a request.</param>
    /// <param name="issuer">Issues certificates for served hosts that no Ingress names a Secret for. Null: such hosts have no HTTPS.</param>
    /// <param name="random">Draws splits and pods; safe to call from any thread. Null: the process's own.</param>
    /// <exception cref="IOException">The port is in use.</exception>
    public static async Task<Gateway> StartAsync(
        GatewayOptions options, InformerSet informers, IResources resources, ChannelWriter<RevisionStat> stats, TimeProvider time,
        ILoggerFactory? loggers = null, Random? random = null, ICertificateIssuer? issuer = null, CancellationToken cancel = default)
    {
        loggers ??= NullLoggerFactory.Instance;
        var gateway = new Gateway(options, informers, resources, stats, issuer, random ?? Random.Shared, time, loggers);
        try
        {
            var application = new GatewayApplication(gateway._pipeline, time);
            gateway._server = await GatewayServer.StartAsync(
                options, application, new TlsTerminator(gateway._certificates), gateway._direct, time, loggers, cancel);
            if (options.Https is { } https)
            {
                // What others can connect to shows them nothing of the inside, whatever the port without TLS does.
                var inside = options.ServesClusterLocal && IPAddress.IsLoopback(https.Address);
                gateway.HttpsEndPoint = await gateway.ListenAsync(new(https) { IsTls = true, ServesClusterLocal = inside }, cancel);
            }
        }
        catch
        {
            if (gateway._server is not null) await gateway._server.DisposeAsync();
            gateway.Release();
            throw;
        }
        gateway.Follow(informers);
        gateway._loops.Add(gateway.ProjectAsync(informers));
        gateway._loops.Add(gateway._statuses.RunAsync(gateway._stop.Token));
        gateway._loops.Add(gateway.ReportAsync(time));
        return gateway;
    }

    /// <summary>Takes requests on one more port until the gateway stops, e.g. on the address at which containers see this machine.</summary>
    /// <returns>Where it listens.</returns>
    /// <exception cref="IOException">The port is in use.</exception>
    /// <exception cref="ObjectDisposedException">The gateway has stopped.</exception>
    public Task<IPEndPoint> ListenAsync(GatewayListener listener, CancellationToken cancel) => _server.OpenAsync(listener, cancel);

    /// <summary>Whether requests for a host are served: one that an Ingress names, or a Service's name inside.</summary>
    /// <param name="host">Without a port.</param>
    public bool Serves(string host) => _projector.Table.Find(host) is not null || (ClusterName.TryParse(host, out var name) && _services.Knows(name));

    /// <inheritdoc/>
    public Task DrainAsync(NamespacedName pod, string uid, CancellationToken cancel) =>
        Task.WhenAll(_backends.DrainAsync(pod, uid), _services.DrainAsync(pod, uid)).WaitAsync(cancel);

    /// <summary>Clients' connections that the HTTP server has not got.</summary>
    internal int DirectConnections => _direct.Connections;

    /// <summary>Requests that wait for a free place at a pod of a revision.</summary>
    internal int RequestsWaitingFor(NamespacedName revision) => _backends.Find(revision)?.Breaker.Waiting ?? 0;

    /// <inheritdoc/>
    public int RequestsAt(NamespacedName pod, string uid) => _backends.RequestsAt(pod, uid);

    /// <summary>Accepts no more, lets requests under way end for <see cref="GatewayOptions.ShutdownTimeout"/>, stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        foreach (var subscription in _subscriptions) subscription.Dispose();
        await _stop.CancelAsync();
        await Task.WhenAll(_loops);
        Release();
    }

    private void Release()
    {
        _http1.Dispose();
        _http2.Dispose();
        _outside.Dispose();
        _instruments.Dispose();
        _stop.Dispose();
    }

    private void Follow(InformerSet informers)
    {
        // Revisions and pods first: a table's revisions should be known when it comes into force.
        _subscriptions.Add(informers.Subscribe<Revision>(_projector.OnRevision));
        _subscriptions.Add(informers.Subscribe<Pod>(_projector.OnPod));
        _subscriptions.Add(informers.Subscribe<Service>(change =>
        {
            _services.OnService(change);
            _projector.OnService(change);
        }));
        _subscriptions.Add(informers.Subscribe<Endpoints>(_services.OnEndpoints));
        _subscriptions.Add(informers.Subscribe<Ingress>(_certificates.OnIngress));
        _subscriptions.Add(informers.Subscribe<Ingress>(_projector.OnIngress));
    }

    private async Task ProjectAsync(InformerSet informers)
    {
        try
        {
            await informers.Informer<Revision>().WaitForSyncAsync(_stop.Token);
            await informers.Informer<Pod>().WaitForSyncAsync(_stop.Token);
            await informers.Informer<Service>().WaitForSyncAsync(_stop.Token);
            await informers.Informer<Endpoints>().WaitForSyncAsync(_stop.Token);
            await informers.Informer<Ingress>().WaitForSyncAsync(_stop.Token);
        }
        catch (OperationCanceledException)
        {
            _ready.TrySetCanceled();
            return;
        }
        _projector.Project();
        _ready.SetResult();
        await _projector.RunAsync(_stop.Token);
    }

    private async Task ReportAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(StatReporter.Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                _reporter.Report();
                _http1.Prune();
                _direct.Prune();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }
}
