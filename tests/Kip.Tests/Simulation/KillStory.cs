using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Rules.Scaling;
using Kip.Tests.Serving;
using Shouldly;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Tests.Simulation;

/// <summary>One service under steady load whose pods are killed in every situation that they can be in. No request may fail.</summary>
internal sealed class KillStory
{
    private const string Name = "victim";
    private const int Acts = 20;
    private const double PerSecond = 100;

    private static readonly TimeSpan Duration = TimeSpan.FromMilliseconds(20);

    private readonly PlatformWorld _world;
    private readonly Random _choice;
    private readonly List<Task> _requests = [];
    private readonly List<Task> _crashes = [];
    private bool _over;
    private int _version;

    public KillStory(int seed)
    {
        _choice = new Random(seed * 17);
        _world = new PlatformWorld(seed, () => TimeSpan.FromMilliseconds(_choice.Next(20, 400)));
    }

    /// <summary>Requests whose pod broke off once or more.</summary>
    public int Broken { get; private set; }

    /// <param name="act">What is done again and again, half a second or so after all is well.</param>
    /// <param name="minScale">Pods that are kept at least.</param>
    public void Run(Func<KillStory, Task> act, int minScale) => _world.Run(async () =>
    {
        await _world.Resources.CreateAsync(Make(minScale), default);
        while (Get<Route>()?.Status.Conditions.IsTrue("Ready") != true) await _world.Delay(0.1);
        var host = new Uri(Get<Route>()!.Status.Url!).Authority;
        var load = LoadAsync(host);
        for (var acts = 0; acts < Acts; acts++)
        {
            await _world.Delay(0.3 + (_choice.NextDouble() * 0.6));
            await act(this);
            // Each request meets one act, so that none can be unlucky again and again.
            Task[] met = [.. _requests];
            await Task.WhenAll(met);
            _requests.RemoveAll(static r => r.IsCompletedSuccessfully);
        }
        _over = true;
        await load;
        await Task.WhenAll(_requests);
        await Task.WhenAll(_crashes);
        _world.Runtime.Failures.ShouldBeEmpty();
    });

    /// <summary>Any one of those that live.</summary>
    public Task KillOneAsync()
    {
        PlayedPod[] live = [.. _world.Runtime.Pods.Where(static p => p.IsLive)];
        if (live.Length > 0) Kill(live[_choice.Next(live.Length)]);
        return Task.CompletedTask;
    }

    /// <summary>All at once, as when the machine runs out of memory: those that drain and those that start among them.</summary>
    public Task KillAllAsync()
    {
        foreach (var pod in _world.Runtime.Pods.Where(static p => !p.IsEnded).ToArray()) Kill(pod);
        return Task.CompletedTask;
    }

    /// <summary>Those that take no requests yet.</summary>
    public Task KillStartingAsync()
    {
        foreach (var pod in _world.Runtime.Pods.Where(static p => p is { IsLive: false, IsEnded: false }).ToArray()) Kill(pod);
        return Task.CompletedTask;
    }

    public Task RollOutAsync(int minScale) => ChangeAsync(stored => Make(minScale) with { Metadata = stored.Metadata });

    /// <summary>Deletes a pod, which is drained, and kills it while that goes on.</summary>
    public async Task KillDrainingAsync()
    {
        PlayedPod[] live = [.. _world.Runtime.Pods.Where(static p => p.IsLive)];
        if (live.Length == 0) return;
        var chosen = live[_choice.Next(live.Length)];
        await _world.Resources.DeleteAsync<Pod>(chosen.Key, default);
        Kill(chosen);
    }

    private void Kill(PlayedPod pod) => _crashes.Add(_world.Runtime.CrashAsync(pod, Moment(60), Moment(100)));

    private TimeSpan Moment(int milliseconds) => TimeSpan.FromMilliseconds(_choice.Next(milliseconds));

    private async Task LoadAsync(string host)
    {
        while (!_over)
        {
            _requests.Add(RequestAsync(host));
            await _world.Delay(1 / PerSecond);
        }
    }

    private async Task RequestAsync(string host)
    {
        var answered = await _world.RequestAsync(host, Duration);
        answered.Status.ShouldBe(200, $"at {_world.Time.GetUtcNow():mm:ss.fff} after {answered.Breaks} breaks: {answered.Body}");
        if (answered.Breaks > 0) Broken++;
    }

    private Service Make(int minScale) => Ksvc.Make(Name).WithEnv("VERSION", $"{++_version}")
        .Annotated($"{AutoscalingKeys.Prefix}min-scale", $"{minScale}").Annotated($"{AutoscalingKeys.Prefix}max-scale", "6")
        .Annotated($"{AutoscalingKeys.Prefix}window", "6s");

    private async Task ChangeAsync(Func<Service, Service> change)
    {
        var changed = change((await _world.Resources.GetAsync<Service>(new("default", Name), default))!);
        await _world.Resources.UpdateAsync(changed with { Metadata = changed.Metadata with { ResourceVersion = null } }, default);
    }

    private T? Get<T>() where T : Resource, IResource => (T?)_world.Registry.Get(T.Definition, new("default", Name));
}
