using System.Threading.Channels;
using Kip.ApiServer.Registry;
using Kip.Client;
using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Controllers.Scaling;
using Kip.Controllers.Scaling.Hpa;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Autoscaling;
using Kip.Resources.Core;
using Kip.Rules.Admission;
using Kip.Rules.Scaling;
using Kip.Testing.Simulation;
using Kip.Testing.Time;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kip.Testing.Scaling;

/// <summary>The real autoscaler, its reconciler and the real store on one thread, between a fake gateway and a fake runtime.</summary>
public sealed class ScalingWorld
{
    private readonly Channel<RevisionStat> _stats = Channel.CreateBounded<RevisionStat>(
        new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropOldest });

    public ScalingWorld(int seed, Func<ScalingWorld, IResources>? wire = null, ResourceRegistry? registry = null, ManualTimeProvider? time = null)
    {
        Scheduler = new SeededScheduler(seed);
        Time = time ?? new();
        Registry = registry ?? ResourceRegistry.InMemory(Time);
        Resources = new EmbeddedResources(Registry);
        var controllers = wire?.Invoke(this) ?? Resources;
        Informers = new InformerSet(Resources, Time, random: Scheduler.Random.NextDouble);
        Autoscaler = new AutoscalerLoop(Informers, controllers, _stats.Reader, Time, Loggers);
        Usage = new FakePodUsage(Time);
        Hpa = new HpaLoop(Informers, Usage, Time, Loggers);
        Host = new ControllerHost(controllers, Informers, [new PodAutoscalerReconciler(Autoscaler, Hpa)], Time, Loggers,
            new ReconcileLoopOptions { Random = Scheduler.Random.NextDouble });
        Runtime = new FakePodRuntime(Resources, Informers, Time);
    }

    public SeededScheduler Scheduler { get; }

    public ManualTimeProvider Time { get; }

    public ResourceRegistry Registry { get; }

    public EmbeddedResources Resources { get; }

    public InformerSet Informers { get; }

    public AutoscalerLoop Autoscaler { get; }

    public HpaLoop Hpa { get; }

    /// <summary>What pods use, for revisions that scale by it.</summary>
    public FakePodUsage Usage { get; }

    public ControllerHost Host { get; }

    public FakePodRuntime Runtime { get; }

    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    public ChannelWriter<RevisionStat> Stats => _stats.Writer;

    /// <summary>Runs a story on the one thread; everything else runs beside it, and is stopped when it ends.</summary>
    public void Run(Func<Task> story) => Scheduler.Run(
        async () =>
        {
            using var stop = new CancellationTokenSource();
            await Host.StartAsync(default);
            var running = Autoscaler.RunAsync(stop.Token);
            try
            {
                await story();
            }
            finally
            {
                // Not CancelAsync: that would leave the thread.
                stop.Cancel();
                await running;
                await Host.StopAsync();
            }
        }, Time);

    /// <summary>As <see cref="Run"/>, with the loop for CPU and memory beside it.</summary>
    public void RunHpa(Func<ScalingWorld, Task> story) => Run(async () =>
    {
        using var stop = new CancellationTokenSource();
        var hpa = Hpa.RunAsync(stop.Token);
        try
        {
            await story(this);
        }
        finally
        {
            stop.Cancel();
            await hpa;
        }
    });

    public FakeGateway GatewayFor(string revision) => new(Key(revision), Informers, Stats, Time);

    public Task Delay(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), Time);

    public static NamespacedName Key(string revision) => new("default", revision);

    public Deployment Deployment(string revision) =>
        (Deployment)Registry.Get(Kip.Resources.Apps.Deployment.Definition, new("default", $"{revision}-deployment"))!;

    public int Replicas(string revision) => Deployment(revision).Spec.Replicas ?? 1;

    /// <summary>Waits, without time passing, until the Deployment asks for so many pods.</summary>
    public async Task UntilReplicasAsync(string revision, int replicas)
    {
        for (var turn = 0; Replicas(revision) != replicas; turn++)
        {
            if (turn > 10_000) throw new InvalidOperationException($"{revision} has {Replicas(revision)} replicas, and {replicas} do not come");
            await Task.Yield();
        }
    }

    public PodAutoscaler PodAutoscaler(string revision) =>
        (PodAutoscaler)Registry.Get(Kip.Resources.Autoscaling.PodAutoscaler.Definition, Key(revision))!;

    /// <summary>What a condition of the PodAutoscaler says: <c>True</c>, or e.g. <c>False NoTraffic</c>.</summary>
    public string Condition(string revision, string type)
    {
        var condition = PodAutoscaler(revision).Status.Conditions.Single(c => c.Type == type);
        return condition.Reason is null ? condition.Status : $"{condition.Status} {condition.Reason}";
    }

    /// <summary>Writes config-autoscaler.</summary>
    public async Task ConfigureAsync(params (string Key, string Value)[] data)
    {
        var map = new ConfigMap
        {
            Metadata = new() { Namespace = PlatformConfig.SystemNamespace, Name = AutoscalerConfig.MapName }, Data = StringMap.Of(data),
        };
        if (Registry.Get(ConfigMap.Definition, map.Key) is null) await Resources.CreateAsync(map, default);
        else await Resources.UpdateAsync(map, default);
    }

    /// <summary>Creates what a Revision's controller would: the Deployment with its initial scale, and the PodAutoscaler.</summary>
    public async Task DeployAsync(string revision, int concurrency, params (string Key, string Value)[] annotations)
    {
        var asked = StringMap.From(annotations.Select(static a => KeyValuePair.Create(AutoscalingKeys.Prefix + a.Key, a.Value)));
        var labels = StringMap.Of((Label, revision), ("app", revision));
        await Resources.CreateAsync(new Deployment
        {
            Metadata = new() { Namespace = "default", Name = $"{revision}-deployment", Labels = labels },
            Spec = new()
            {
                Replicas = AutoscalingAnnotations.Read(asked).InitialScaleOrDefault(AutoscalerConfig.Default),
                Selector = new() { MatchLabels = StringMap.Of((Label, revision)) },
                Template = new() { Metadata = new() { Labels = labels }, Spec = new() { Containers = [new() { Name = "app", Image = "kip.local/app" }] } },
                ProgressDeadlineSeconds = 20,
            },
        }, default);
        await Resources.CreateAsync(new PodAutoscaler
        {
            Metadata = new() { Namespace = "default", Name = revision, Labels = labels, Annotations = asked },
            Spec = new()
            {
                ContainerConcurrency = concurrency, Reachability = PodReachability.Reachable, ProtocolType = "http1",
                ScaleTargetRef = new() { ApiVersion = "apps/v1", Kind = "Deployment", Name = $"{revision}-deployment" },
            },
        }, default);
    }

    private const string Label = "serving.knative.dev/revision";
}
