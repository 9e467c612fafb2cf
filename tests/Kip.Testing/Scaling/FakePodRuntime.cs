using Kip.Client;
using Kip.Client.Informers;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Core;

namespace Kip.Testing.Scaling;

/// <summary>Plays the runtime: gives every Deployment its pods, which become ready after a while.</summary>
public sealed class FakePodRuntime
{
    private readonly IResources _resources;
    private readonly TimeProvider _time;
    private readonly Dictionary<NamespacedName, List<Pod>> _pods = [];
    private readonly HashSet<NamespacedName> _busy = [];
    private readonly HashSet<NamespacedName> _changed = [];
    private int _made;

    public FakePodRuntime(IResources resources, InformerSet informers, TimeProvider time)
    {
        _resources = resources;
        _time = time;
        informers.Subscribe<Deployment>(change => _ = FollowAsync(change.Key));
    }

    /// <summary>How long the next pod takes until it is ready; null: it never is.</summary>
    public Func<TimeSpan?> StartTime { get; set; } = static () => TimeSpan.FromMilliseconds(100);

    /// <summary>Pods made since the start.</summary>
    public int Made => _made;

    /// <summary>The pods that are there now.</summary>
    public int Count(NamespacedName deployment) => _pods.TryGetValue(deployment, out var pods) ? pods.Count : 0;

    private async Task FollowAsync(NamespacedName key)
    {
        _changed.Add(key);
        if (!_busy.Add(key)) return;
        while (_changed.Remove(key))
            if (await _resources.GetAsync<Deployment>(key, default) is { } deployment) await FitAsync(deployment);
        _busy.Remove(key);
    }

    private async Task FitAsync(Deployment deployment)
    {
        if (!_pods.TryGetValue(deployment.Key, out var pods)) _pods[deployment.Key] = pods = [];
        while (pods.Count < deployment.Spec.Replicas)
        {
            var pod = await _resources.CreateAsync<Pod>(Make(deployment), default);
            pods.Add(pod);
            _ = StartAsync(deployment.Key, pod);
        }
        while (pods.Count > deployment.Spec.Replicas)
        {
            var newest = pods[^1];
            pods.Remove(newest);
            await _resources.DeleteAsync(Pod.Definition, newest.Key, new() { GracePeriodSeconds = 0 }, default);
        }
    }

    private async Task StartAsync(NamespacedName deployment, Pod pod)
    {
        if (StartTime() is not { } delay) return;
        await Task.Delay(delay, _time);
        if (!_pods[deployment].Contains(pod)) return;
        var ready = pod with
        {
            Metadata = pod.Metadata with { ResourceVersion = null },
            Status = new() { Phase = "Running", PodIP = "127.0.0.1", Conditions = [new() { Type = "Ready", Status = ConditionStatus.True }] },
        };
        try
        {
            await _resources.UpdateStatusAsync(ready, default);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // It was scaled away while the write was on its way.
        }
    }

    private Pod Make(Deployment deployment) => new()
    {
        Metadata = new()
        {
            Namespace = deployment.Metadata.Namespace, Name = $"{deployment.Metadata.Name}-{++_made}",
            Labels = deployment.Spec.Template.Metadata.Labels,
        },
        Spec = deployment.Spec.Template.Spec,
        Status = new() { Phase = "Pending" },
    };
}
