using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Batch;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Runtime.Deployments;

namespace Kip.Runtime.Jobs;

/// <summary>Gathers what the <see cref="JobPlanner"/> decides from.</summary>
/// <param name="newPods">Makes new pods.</param>
public sealed class JobReconciler(PodFactory newPods) : IReconciler
{
    private readonly RefusedPods _refused = new();
    private IIndexer<Job> _jobs = null!;
    private IIndexer<Pod> _pods = null!;

    public KindDefinition Kind => Job.Definition;

    public void Watch(IWatchBuilder watch)
    {
        _jobs = watch.Own<Job>();
        _pods = watch.Related<Pod>(JobOf);
    }

    public Plan Plan(NamespacedName key, DateTimeOffset now)
    {
        var refused = _refused.Take(key);
        var job = _jobs.Get(key);
        // Pods of a Job that has gone, or that was taken from them, wait for nobody.
        var left = _pods.WithLabel(key.Namespace, JobKeys.JobName, key.Name)
            .Where(p => p.IsTracked && (p.ControllerOwner() is not { } owner || (owner.Kind == Job.Definition.Kind && owner.Uid != job?.Metadata.Uid)));
        var release = JobPlanner.Release(left);
        if (job is null || !release.IsEmpty) return new Plan(release);
        return JobPlanner.Plan(new JobView
        {
            Job = job, Pods = [.. _pods.OwnedBy(job.Metadata.Uid ?? "")], Now = now, NewPods = newPods, CreateFailure = refused,
        });
    }

    public void Failed(NamespacedName key, Exception why) => _refused.Note(key, why);

    private static IEnumerable<NamespacedName> JobOf(Pod pod)
    {
        if (pod.ControllerOwner(Job.Definition) is { } job) return [job];
        return pod.IsTracked && pod.Metadata.Labels.Get(JobKeys.JobName) is { } name ? [new(pod.Metadata.Namespace, name)] : [];
    }
}
