using Kip.Client;
using Kip.Client.Informers;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Traffic.Activation;

namespace Kip.Tests.Simulation;

/// <summary>Plays the runtime: pods start slowly, break down, are drained and end. What is declared broken never gets ready.</summary>
internal sealed class PlayedRuntime
{
    /// <summary>A variable in a pod's environment that makes its program end at once.</summary>
    public const string Broken = "BROKEN";

    private readonly IResources _resources;
    private readonly RevisionBackends _backends;
    private readonly TimeProvider _time;
    private readonly Func<TimeSpan> _startTime;
    private readonly Dictionary<string, PlayedPod> _pods = [];
    private readonly HashSet<string> _ending = [];
    private readonly List<Task> _work = [];

    public PlayedRuntime(IResources resources, InformerSet informers, RevisionBackends backends, TimeProvider time, Func<TimeSpan> startTime)
    {
        (_resources, _backends, _time, _startTime) = (resources, backends, time, startTime);
        informers.Subscribe<Pod>(OnPod);
    }

    public IReadOnlyCollection<PlayedPod> Pods => _pods.Values;

    /// <summary>Everything that it does on its own account; none of it may fail.</summary>
    public IEnumerable<Exception> Failures => _work.Where(static t => t.IsFaulted).Select(static t => t.Exception!);

    public PlayedPod? Find(string uid) => _pods.GetValueOrDefault(uid);

    /// <summary>
    /// The pod's process is killed: it breaks its connections, after a moment it takes none any more, after another that is noticed; then it is
    /// started again.
    /// </summary>
    /// <param name="dying">How long it still takes connections, and breaks them.</param>
    /// <param name="noticing">From then until its pod is told not to be ready.</param>
    public async Task CrashAsync(PlayedPod pod, TimeSpan dying, TimeSpan noticing)
    {
        if (!pod.IsLive && !pod.IsEnded) pod.DiesWhileStarting = true;
        if (!pod.IsLive || pod.IsEnded || pod.IsDying) return;
        pod.IsDying = true;
        pod.Restarts++;
        pod.Crash.TrySetResult();
        await Task.Delay(dying, _time);
        (pod.IsLive, pod.IsDying) = (false, false);
        await Task.Delay(noticing, _time);
        await TellAsync(pod, ready: false);
        await StartAnewAsync(pod);
    }

    private async Task StartAnewAsync(PlayedPod pod)
    {
        do
        {
            pod.DiesWhileStarting = false;
            await Task.Delay(_startTime(), _time);
            if (pod.DiesWhileStarting) pod.Restarts++;
        }
        while (pod.DiesWhileStarting && !pod.IsEnded);
        if (pod.IsEnded) return;
        pod.Crash = new();
        pod.IsLive = true;
        await TellAsync(pod, ready: true);
    }

    private void OnPod(ResourceChange<Pod> change)
    {
        if (change.New is not { } pod) return;
        if (!_pods.ContainsKey(pod.Metadata.Uid!)) _work.Add(StartAsync(pod));
        if (pod.Metadata.DeletionTimestamp is not null && _ending.Add(pod.Metadata.Uid!)) _work.Add(EndAsync(pod));
    }

    private async Task StartAsync(Pod pod)
    {
        var revision = await _resources.GetAsync<Revision>(new(pod.Metadata.Namespace, pod.Metadata.Labels[ServingLabels.Revision]), default);
        var played = _pods[pod.Metadata.Uid!] = new PlayedPod(
            pod, revision?.Metadata.Uid == pod.Metadata.Labels[ServingLabels.RevisionUid] ? (int)(revision.Spec.ContainerConcurrency ?? 0) : 0);
        if (!pod.Spec.Containers.Any(static c => c.Env.Any(static e => e.Name == Broken)))
        {
            await StartAnewAsync(played);
            return;
        }
        await Task.Delay(_startTime(), _time);
        if (played.IsEnded) return;
        played.Restarts++;
        await TellAsync(played, ready: false);
    }

    // As the real one: no new requests, those under way are finished, and only then the end.
    private async Task EndAsync(Pod pod)
    {
        await _backends.DrainAsync(pod.Key, pod.Metadata.Uid!);
        if (_pods.TryGetValue(pod.Metadata.Uid!, out var played))
        {
            if (played.Running > 0) throw new InvalidOperationException($"{pod.Key} was drained with {played.Running} requests in it");
            (played.IsLive, played.IsEnded) = (false, true);
        }
        else _pods[pod.Metadata.Uid!] = new PlayedPod(pod, 0) { IsEnded = true };
        try
        {
            await _resources.DeleteAsync(Pod.Definition, pod.Key, new() { GracePeriodSeconds = 0 }, default);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // Its namespace or owner was faster.
        }
    }

    private async Task TellAsync(PlayedPod played, bool ready)
    {
        if (await _resources.GetAsync<Pod>(played.Key, default) is not { } pod || pod.Metadata.Uid != played.Uid) return;
        var state = ready
            ? new ContainerState { Running = new() { StartedAt = _time.GetUtcNow() } }
            : new ContainerState { Waiting = new() { Reason = "CrashLoopBackOff" } };
        var told = pod with
        {
            Metadata = pod.Metadata with { ResourceVersion = null },
            Status = pod.Status with
            {
                Phase = "Running", PodIP = "127.0.0.1",
                Conditions = [new() { Type = "Ready", Status = ready ? ConditionStatus.True : ConditionStatus.False, LastTransitionTime = _time.GetUtcNow() }],
                ContainerStatuses =
                [
                    new()
                    {
                        Name = pod.Spec.Containers[0].Name, Ready = ready, RestartCount = played.Restarts, State = state,
                        LastState = played.Restarts > 0 ? new() { Terminated = new() { ExitCode = 1 } } : null,
                    },
                ],
            },
        };
        try
        {
            await _resources.UpdateStatusAsync(told, default);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // It has been taken away meanwhile.
        }
    }
}
