using Kip.Client;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Rules.Admission;
using Kip.Rules.Scaling;
using Kip.Tests.Serving;
using Kip.Traffic.Forwarding;
using Shouldly;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Tests.Simulation;

/// <summary>A few services, and everything that can happen to them in the order that a seed chooses; with what must hold all the while.</summary>
internal sealed class PlatformStory
{
    private const int Services = 3;
    private const int Steps = 45;
    private const int LooksEvery = 20;

    private readonly PlatformWorld _world;
    private readonly Random _choice;
    private readonly List<Task> _requests = [];
    private readonly List<Task> _crashes = [];

    // A request to a service that is deleted meanwhile may fail; each deletion makes a new epoch.
    private readonly int[] _epochs = new int[Services];
    private readonly string?[] _hosts = new string?[Services];
    private int _version;
    private long _looked;

    public PlatformStory(int seed)
    {
        _choice = new Random(seed * 31);
        _world = new PlatformWorld(seed, () => TimeSpan.FromMilliseconds(_choice.Next(4) == 0 ? _choice.Next(1000, 6000) : _choice.Next(5, 400)));
        _world.Scheduler.AfterStep = Look;
    }

    /// <summary>Requests that were answered.</summary>
    public int Answered { get; private set; }

    /// <summary>Requests among them that were refused because their service has more than it may have pods for.</summary>
    public int Refused { get; private set; }

    public void Run() => _world.Run(async () =>
    {
        for (var i = 0; i < Services; i++) await _world.Resources.CreateAsync(Make(i), default);
        for (var step = 0; step < Steps; step++)
        {
            await ActAsync(_choice.Next(Services), _choice.Next(20));
            await _world.Delay(_choice.NextDouble() * _choice.Next(1, 6));
            FindHosts();
        }
        await ComeToRestAsync();
    });

    private Task ActAsync(int service, int what) => what switch
    {
        < 9 => SendAsync(service, _choice.Next(1, 25)),
        < 12 => ChangeAsync(service, s => Make(service) with { Metadata = s.Metadata }),
        12 => ChangeAsync(service, s => s.WithEnv(PlayedRuntime.Broken, $"{++_version}").Annotated($"{AutoscalingKeys.Prefix}initial-scale", "1")),
        13 => SplitAsync(service),
        14 or 15 => CrashAsync(),
        16 or 17 => DeletePodAsync(),
        18 => ConfigureAsync(),
        _ => ReplaceAsync(service),
    };

    private Service Make(int number)
    {
        var (min, max) = (_choice.Next(4) == 0 ? _choice.Next(1, 3) : 0, _choice.Next(2) * _choice.Next(3, 6));
        var service = Ksvc.Make($"svc-{number}").WithEnv("VERSION", $"{++_version}")
            .With(spec => spec with { ContainerConcurrency = _choice.Next(3) * _choice.Next(1, 4) });
        foreach (var (key, value) in ((string, int)[])[(
            "min-scale", min), ("max-scale", max), ("initial-scale", _choice.Next(3)), ("target", _choice.Next(1, 8))])
            service = service.Annotated(AutoscalingKeys.Prefix + key, $"{value}");
        return service.Annotated($"{AutoscalingKeys.Prefix}window", $"{_choice.Next(6, 15)}s");
    }

    private async Task SendAsync(int service, int count)
    {
        for (; count > 0; count--)
        {
            if (_hosts[service] is { } host) _requests.Add(RequestAsync(service, host));
            if (_choice.Next(3) == 0) await _world.Delay(_choice.NextDouble() * 0.5);
        }
    }

    private async Task RequestAsync(int service, string host)
    {
        var epoch = _epochs[service];
        var answered = await _world.RequestAsync(host, TimeSpan.FromMilliseconds(_choice.Next(1, 2500)));
        Answered++;
        if (epoch != _epochs[service]) return;
        // A GET whose pod breaks down is sent again; more breakdowns than the rule allows are the client's to see.
        if (answered.Breaks >= RetryRule.MaxSends) answered.Status.ShouldBe(502);
        // Told at once to come back later: it was never accepted.
        else if (answered is { Status: 503, Breaks: 0 } && answered.Body.Contains("is overloaded", StringComparison.Ordinal)) Refused++;
        else answered.Status.ShouldBe(200, $"a request to svc-{service} at {_world.Time.GetUtcNow():mm:ss.fff}: {answered.Body}");
    }

    private async Task ChangeAsync(int service, Func<Service, Service> change)
    {
        if (await _world.Resources.GetAsync<Service>(new("default", $"svc-{service}"), default) is not { } stored) return;
        var changed = change(stored);
        await _world.Resources.UpdateAsync(changed with { Metadata = changed.Metadata with { ResourceVersion = null } }, default);
    }

    // Between the two newest Revisions that are ready; or all to the latest.
    private Task SplitAsync(int service) => ChangeAsync(service, stored =>
    {
        var ready = stored.Status.LatestReadyRevisionName;
        return ready is null || !stored.Spec.Traffic.IsEmpty
            ? stored.Traffic()
            : stored.Traffic(new TrafficTarget { RevisionName = ready, Percent = 50 }, new TrafficTarget { LatestRevision = true, Percent = 50 });
    });

    private Task CrashAsync()
    {
        PlayedPod[] live = [.. _world.Runtime.Pods.Where(static p => p.IsLive)];
        if (live.Length > 0) _crashes.Add(_world.Runtime.CrashAsync(live[_choice.Next(live.Length)], Moment(), Moment()));
        return Task.CompletedTask;
    }

    private TimeSpan Moment() => TimeSpan.FromMilliseconds(_choice.Next(0, 60));

    private async Task DeletePodAsync()
    {
        PlayedPod[] there = [.. _world.Runtime.Pods.Where(static p => !p.IsEnded)];
        if (there.Length == 0) return;
        try
        {
            await _world.Resources.DeleteAsync<Pod>(there[_choice.Next(there.Length)].Key, default);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // It has just gone.
        }
    }

    private async Task ConfigureAsync()
    {
        var map = new ConfigMap
        {
            Metadata = new() { Namespace = PlatformConfig.SystemNamespace, Name = AutoscalerConfig.MapName },
            Data = StringMap.Of(("scale-to-zero-grace-period", $"{_choice.Next(1, 10)}s"), ("max-scale-up-rate", $"{_choice.Next(2, 1000)}"),
                ("panic-window-percentage", $"{_choice.Next(5, 50)}"), ("scale-down-delay", $"{_choice.Next(3)}s")),
        };
        if (_world.Registry.Get(ConfigMap.Definition, map.Key) is null) await _world.Resources.CreateAsync(map, default);
        else await _world.Resources.UpdateAsync(map, default);
    }

    private async Task ReplaceAsync(int service)
    {
        var key = new NamespacedName("default", $"svc-{service}");
        _epochs[service]++;
        _hosts[service] = null;
        if (await _world.Resources.GetAsync<Service>(key, default) is not null) await _world.Resources.DeleteAsync<Service>(key, default);
        await _world.Delay(_choice.NextDouble() * 3);
        await _world.Resources.CreateAsync(Make(service), default);
        _epochs[service]++;
    }

    // A service takes requests from the moment at which its Route says Ready; then it goes on to, whatever happens.
    private void FindHosts()
    {
        for (var i = 0; i < Services; i++)
            if (_hosts[i] is null && Get<Route>($"svc-{i}") is { Status: { Url: { } url } status } && status.Conditions.IsTrue("Ready"))
                _hosts[i] = new Uri(url).Authority;
    }

    private void Look()
    {
        if (_world.Scheduler.Steps - _looked < LooksEvery) return;
        _looked = _world.Scheduler.Steps;
        for (var i = 0; i < Services; i++)
        {
            if (Get<Route>($"svc-{i}") is { Metadata.DeletionTimestamp: null } route && route.Status.Conditions.IsTrue("Ready"))
                _world.Table.Find(new Uri(route.Status.Url!).Authority).ShouldNotBeNull($"Route {route.Metadata.Name} says Ready and is not served");
        }
        foreach (var deployment in _world.Registry.List(Deployment.Definition, ListOptions.All).Items.Cast<Deployment>())
        {
            if (deployment.Metadata.Labels.Get(ServingLabels.Revision) is not { } name || Get<Revision>(name) is not { } revision) continue;
            if (AutoscalingAnnotations.Read(revision.Metadata.Annotations).MaxScale is { } max and > 0)
                (deployment.Spec.Replicas ?? 1).ShouldBeLessThanOrEqualTo(max, $"{deployment.Metadata.Name} asks for more pods than max-scale");
        }
    }

    private async Task ComeToRestAsync()
    {
        for (var i = 0; i < Services; i++)
        {
            var number = i;
            await ChangeAsync(i, stored => Make(number).Traffic() with { Metadata = stored.Metadata });
        }
        await Task.WhenAll(_requests);
        await Task.WhenAll(_crashes);
        // Longer than the progress deadline: a revision that never came up is given up, too.
        await _world.Delay(1500);
        _world.Runtime.Failures.ShouldBeEmpty();
        for (var i = 0; i < Services; i++)
        {
            var service = Get<Service>($"svc-{i}")!;
            service.Status.Conditions.IsTrue("Ready").ShouldBeTrue($"{service.Metadata.Name}: {service.Status.Conditions}");
            var revision = Get<Revision>(service.Status.LatestCreatedRevisionName!)!;
            var min = AutoscalingAnnotations.Read(revision.Metadata.Annotations).MinScale ?? 0;
            PodsOf(service.Metadata.Name).ShouldBe(min, $"{service.Metadata.Name} comes to rest at min-scale");
            (await _world.RequestAsync(new Uri(service.Status.Url!).Authority, TimeSpan.FromMilliseconds(5))).Status.ShouldBe(200);
        }
    }

    private int PodsOf(string service) =>
        _world.Registry.List(Pod.Definition, new ListOptions { Namespace = "default", LabelSelector = $"{ServingLabels.Service}={service}" }).Items.Count;

    private T? Get<T>(string name) where T : Resource, IResource => (T?)_world.Registry.Get(T.Definition, new("default", name));
}
