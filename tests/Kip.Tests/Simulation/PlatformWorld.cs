using System.Net;
using System.Threading.Channels;
using Kip.ApiServer.Registry;
using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Controllers.Scaling;
using Kip.Controllers.Serving;
using Kip.Resources.Core;
using Kip.Resources.Networking;
using Kip.Resources.Serving;
using Kip.Rules.Scaling;
using Kip.Runtime.Deployments;
using Kip.Runtime.ReplicaSets;
using Kip.Testing.Simulation;
using Kip.Testing.Time;
using Kip.Traffic;
using Kip.Traffic.Activation;
using Kip.Traffic.Forwarding.Outside;
using Kip.Traffic.Http;
using Kip.Traffic.Observability;
using Kip.Traffic.Projection;
using Kip.Traffic.Routing;
using Kip.Traffic.Services;
using Kip.Traffic.Stats;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Service = Kip.Resources.Core.Service;

namespace Kip.Tests.Simulation;

/// <summary>How a request ended.</summary>
/// <param name="Breaks">How often the pod that had it broke down.</param>
internal readonly record struct Answered(int Status, int Breaks, string Body);

/// <summary>
/// The platform on one thread: its store, reconcilers, autoscaler, route projection, activator and request pipeline, all real. Played are the
/// programs in the pods and the sockets to them.
/// </summary>
internal sealed class PlatformWorld
{
    private readonly Channel<RevisionStat> _stats = Channel.CreateBounded<RevisionStat>(
        new BoundedChannelOptions(65_536) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AutoscalerLoop _autoscaler;
    private readonly StatReporter _reporter;
    private readonly RouteProjector _projector;
    private readonly IngressStatusWriter _statuses;
    private readonly GatewayPipeline _pipeline;
    private int _pods;

    public PlatformWorld(int seed, Func<TimeSpan> podStart)
    {
        Scheduler = new SeededScheduler(seed);
        Registry = ResourceRegistry.InMemory(Time);
        Resources = new EmbeddedResources(Registry);
        var (random, loggers) = (Scheduler.Random, NullLoggerFactory.Instance);
        Informers = new InformerSet(Resources, Time, random: random.NextDouble);
        var options = new GatewayOptions();
        var backends = new RevisionBackends(name => new(name, new(options.QueueDepth, random, Time), Time));
        var services = new ServiceBackends(
            Informers.Get<Service>(), Informers.Get<Endpoints>(), name => new(name, new(options.QueueDepth, random, Time), Time, isRevision: false));
        _reporter = new(_stats.Writer);
        _statuses = new(Resources, static () => new IPEndPoint(IPAddress.Loopback, 8080), Time, loggers);
        _projector = new(backends, services.Knows, _statuses, loggers);
        Runtime = new PlayedRuntime(Resources, Informers, backends, Time, podStart);
        var network = new PlayedNetwork(Runtime.Find, Time);
        _pipeline = new(
            options, () => _projector.Table, new(services, backends, random), _ready.Task, _reporter, network, network,
            new OutsideForwarder(options, loggers),
            static () => null, new RequestTaps(Time), static () => null, random, Time, new Instruments(() => _reporter.Active, static () => 0, Time));
        Informers.Subscribe<Revision>(_projector.OnRevision);
        Informers.Subscribe<Pod>(_projector.OnPod);
        Informers.Subscribe<Ingress>(_projector.OnIngress);
        _autoscaler = new AutoscalerLoop(Informers, Resources, _stats.Reader, Time, loggers);
    }

    public SeededScheduler Scheduler { get; }

    public InformerSet Informers { get; }

    public ManualTimeProvider Time { get; } = new();

    public ResourceRegistry Registry { get; }

    public EmbeddedResources Resources { get; }

    public PlayedRuntime Runtime { get; }

    /// <summary>The routes in force.</summary>
    public RouteTable Table => _projector.Table;

    public Task Delay(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), Time);

    /// <summary>Runs a story; everything else runs beside it and is stopped when it ends.</summary>
    public void Run(Func<Task> story) => Scheduler.Run(
        async () =>
        {
            using var stop = new CancellationTokenSource();
            var newPods = new PodFactory("here", () => $"p{++_pods}", _ => 20_000 + (_pods % 40_000));
            await using var host = new ControllerHost(
                Resources, Informers, [.. ServingControllers.Create(), new PodAutoscalerReconciler(_autoscaler), new DeploymentReconciler(newPods),
                new ReplicaSetReconciler(newPods)], Time,
                NullLoggerFactory.Instance, new ReconcileLoopOptions { Random = Scheduler.Random.NextDouble });
            await host.StartAsync(default);
            _projector.Project();
            _ready.SetResult();
            var running = Task.WhenAll(
                _autoscaler.RunAsync(stop.Token), Registry.RunAsync(stop.Token), _projector.RunAsync(stop.Token), _statuses.RunAsync(stop.Token),
                ReportAsync(stop.Token));
            try
            {
                await story();
            }
            finally
            {
                // Not CancelAsync: that would leave the thread.
                stop.Cancel();
                await running;
            }
        }, Time);

    /// <summary>Sends one GET through the request pipeline.</summary>
    /// <param name="duration">How long the program takes for it.</param>
    public async Task<Answered> RequestAsync(string host, TimeSpan duration)
    {
        var body = new MemoryStream();
        var features = new FeatureCollection();
        var asked = new HttpRequestFeature { Method = "GET", Path = "/", RawTarget = "/", Protocol = "HTTP/2", Scheme = "http" };
        asked.Headers.Host = host;
        features.Set<IHttpRequestFeature>(asked);
        features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        features.Set<IHttpRequestBodyDetectionFeature>(new NoBody());
        features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature());
        var request = new GatewayRequest(features, Time);
        request.Begin(features);
        request.Context.Items[PlayedNetwork.Duration] = duration;
        await _pipeline.RunAsync(request);
        var answered = new Answered(
            request.Response.StatusCode, (int)(request.Context.Items[PlayedNetwork.Breaks] ?? 0), System.Text.Encoding.UTF8.GetString(body.ToArray()));
        request.End();
        return answered;
    }

    private async Task ReportAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(StatReporter.Period, Time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop)) _reporter.Report();
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private sealed class NoBody : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => false;
    }
}
