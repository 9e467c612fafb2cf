using System.Threading.Channels;
using Kip.ApiServer.Registry;
using Kip.Client;
using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Controllers.Scaling;
using Kip.Controllers.Serving;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Networking;
using Kip.Resources.Planning;
using Kip.Resources.Serving;
using Kip.Rules.Scaling;
using Kip.Testing.Simulation;
using Kip.Testing.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Kip.Tests.Serving;

/// <summary>The real reconcilers, loops, autoscaler and store on one thread; only the runtime and the gateway are played.</summary>
public class ServingSimulationTests
{
    public static TheoryData<int> Runs => [.. Seeds.Take(5)];

    [Theory]
    [MemberData(nameof(Runs))]
    public void Many_services_applied_at_once_become_ready_asleep_and_then_nothing_is_written(int seed)
    {
        var world = new World(seed);
        world.Run(async () =>
        {
            for (var i = 0; i < 40; i++)
                await world.Resources.CreateAsync(Ksvc.Make($"svc-{i}").Annotated("autoscaling.knative.dev/initial-scale", "0"), default);
            await world.Quiet();
            world.Services().Count(static s => s.Status.Conditions.IsTrue("Ready")).ShouldBe(40);

            var version = await world.Version();
            await world.Quiet();
            (await world.Version()).ShouldBe(version, "a world at rest writes nothing");
        });
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Updates_under_way_and_deletions_in_between_leave_what_was_asked_for_last(int seed)
    {
        var world = new World(seed);
        world.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
                await world.Resources.CreateAsync(Ksvc.Make($"svc-{i}").Annotated("autoscaling.knative.dev/initial-scale", "0"), default);
            for (var step = 0; step < 60; step++)
            {
                var key = new NamespacedName("default", $"svc-{world.Scheduler.Random.Next(10)}");
                if (await world.Resources.GetAsync<Service>(key, default) is not { } stored)
                    await world.Resources.CreateAsync(Ksvc.Make(key.Name).Annotated("autoscaling.knative.dev/initial-scale", "0"), default);
                else if (world.Scheduler.Random.Next(4) == 0) await world.Resources.DeleteAsync<Service>(key, default);
                else
                    await world.Resources.UpdateAsync(
                        stored.WithEnv("STEP", $"{step}") with { Metadata = stored.Metadata with { ResourceVersion = null } }, default);
                await Task.Delay(TimeSpan.FromMilliseconds(world.Scheduler.Random.Next(20)), world.Time);
            }
            await world.Quiet();

            var services = world.Services();
            foreach (var service in services)
            {
                service.Status.Conditions.IsTrue("Ready").ShouldBeTrue($"{service.Key}: {service.Status}");
                var route = (Route)world.Registry.Get(Route.Definition, service.Key)!;
                route.Status.Traffic.Single().RevisionName.ShouldBe(service.Status.LatestCreatedRevisionName);
                var revision = (Revision)world.Registry.Get(Revision.Definition, new("default", service.Status.LatestCreatedRevisionName!))!;
                revision.Spec.ShouldBe(service.Spec.Template.Spec);
                revision.Metadata.Labels[ServingLabels.RoutingState].ShouldBe("active");
            }
            (await world.Resources.ListAsync<Ingress>(ListOptions.All, default)).Select(static i => i.Key)
                .ShouldBe(services.Select(static s => s.Key), ignoreOrder: true);
            var active = (await world.Resources.ListAsync<Revision>(ListOptions.All, default))
                .Where(static r => r.Metadata.Labels[ServingLabels.RoutingState] == "active").Select(static r => r.Metadata.Name);
            active.ShouldBe(services.Select(static s => s.Status.LatestCreatedRevisionName!), ignoreOrder: true);
        });
    }

    private sealed class World
    {
        public World(int seed)
        {
            Scheduler = new SeededScheduler(seed);
            Registry = ResourceRegistry.InMemory(Time);
            Resources = new EmbeddedResources(Registry);
        }

        public SeededScheduler Scheduler { get; }

        public ManualTimeProvider Time { get; } = new();

        public ResourceRegistry Registry { get; }

        public EmbeddedResources Resources { get; }

        public Service[] Services() => [.. Resources.ListAsync<Service>(ListOptions.All, default).Result];

        // Longer than any backoff that a conflict can have led to.
        public Task Quiet() => Task.Delay(TimeSpan.FromMinutes(20), Time);

        public async Task<string> Version() => (await Resources.ListAsync(Service.Definition, ListOptions.All, default)).ResourceVersion;

        public void Run(Func<Task> story) => Scheduler.Run(
            async () =>
            {
                using var stop = new CancellationTokenSource();
                var informers = new InformerSet(Resources, Time, random: Scheduler.Random.NextDouble);
                var autoscaler = new AutoscalerLoop(informers, Resources, Channel.CreateBounded<RevisionStat>(1).Reader, Time, NullLoggerFactory.Instance);
                await using var host = new ControllerHost(Resources, informers,
                    [.. ServingControllers.Create(), new PodAutoscalerReconciler(autoscaler), new PlayedRuntime(), new PlayedGateway()],
                    Time, NullLoggerFactory.Instance, new ReconcileLoopOptions { Random = Scheduler.Random.NextDouble });
                await host.StartAsync(default);
                var running = Task.WhenAll(autoscaler.RunAsync(stop.Token), Registry.RunAsync(stop.Token));
                try
                {
                    await story();
                }
                finally
                {
                    stop.Cancel();
                    await running;
                }
            }, Time);
    }

    /// <summary>Says of every Deployment that it has come as far as it was asked to.</summary>
    private sealed class PlayedRuntime : IReconciler
    {
        private IIndexer<Deployment> _deployments = null!;

        public KindDefinition Kind => Deployment.Definition;

        public void Watch(IWatchBuilder watch) => _deployments = watch.Own<Deployment>();

        public Plan Plan(NamespacedName key, DateTimeOffset now) => _deployments.Get(key) is not { } deployment
            ? Kip.Resources.Planning.Plan.Nothing
            : new Plan([], deployment with
            {
                Status = new DeploymentStatus
                {
                    ObservedGeneration = deployment.Metadata.Generation,
                    Conditions = [new Condition { Type = "Progressing", Status = "True", Reason = "NewReplicaSetAvailable" }],
                },
            });
    }

    /// <summary>Says of every Ingress that it is served.</summary>
    private sealed class PlayedGateway : IReconciler
    {
        private IIndexer<Ingress> _ingresses = null!;

        public KindDefinition Kind => Ingress.Definition;

        public void Watch(IWatchBuilder watch) => _ingresses = watch.Own<Ingress>();

        public Plan Plan(NamespacedName key, DateTimeOffset now) => _ingresses.Get(key) is not { } ingress
            ? Kip.Resources.Planning.Plan.Nothing
            : new Plan([], ingress with
            {
                Status = new IngressStatus
                {
                    ObservedGeneration = ingress.Metadata.Generation,
                    Conditions = [new Condition { Type = "Ready", Status = "True" }],
                },
            });
    }
}
