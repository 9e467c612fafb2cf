using Kip.Resources;
using Kip.Resources.Batch;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Runtime.Deployments;
using Kip.Runtime.Jobs;

namespace Kip.Tests.Runtime.Jobs;

/// <summary>A Job, its pods and an API that carries out what the planner asks for, as far as it is let.</summary>
internal sealed class JobWorld
{
    private const string Tracking = "batch.kubernetes.io/job-tracking";

    private readonly Dictionary<string, Pod> _pods = new(StringComparer.Ordinal);
    private int _number;

    public JobWorld(Func<JobSpec, JobSpec> change) => Job = new Job
    {
        Metadata = new ObjectMeta { Name = "work", Namespace = "default", Uid = "j1" },
        Spec = change(new JobSpec
        {
            Completions = 1, Parallelism = 1, BackoffLimit = 6,
            Template = new PodTemplateSpec { Spec = new PodSpec { RestartPolicy = "Never", Containers = [new Container { Name = "app", Image = "x" }] } },
        }),
    };

    public Job Job { get; private set; }

    public JobStatus Status => Job.Status;

    public bool IsGone { get; private set; }

    public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public Plan LastPlan { get; private set; } = Plan.Nothing;

    public Pod[] Pods => [.. _pods.Values];

    public Pod[] Active => [.. _pods.Values.Where(static p => p.Metadata.DeletionTimestamp is null && p.Status.Phase is not ("Succeeded" or "Failed"))
        .OrderBy(static p => p.Metadata.Name, StringComparer.Ordinal)];

    public void Change(Func<JobSpec, JobSpec> change) => Job = Job with { Spec = change(Job.Spec) };

    /// <summary>Plans and writes until nothing changes any more.</summary>
    public void Settle()
    {
        for (var round = 0; round < 50; round++)
        {
            var (job, pods) = (Job, Pods);
            Step(int.MaxValue);
            if (Job == job && Pods.SequenceEqual(pods)) return;
        }
        throw new InvalidOperationException("the Job does not come to rest");
    }

    /// <summary>Plans once and carries out that many of the writes; then the controller is gone and begins anew.</summary>
    public void Step(int writes)
    {
        if (IsGone) return;
        LastPlan = JobPlanner.Plan(new JobView
        {
            Job = Job, Pods = [.. Pods], Now = Now, NewPods = new PodFactory("node", () => $"n{_number++:00000}"),
        });
        foreach (var edit in LastPlan.Edits)
        {
            if (writes-- <= 0) return;
            Apply(edit);
        }
        if (writes > 0 && LastPlan.Status is Job reported) Job = Job with { Status = reported.Status };
    }

    public void End(Pod pod, bool success, int code = 1) => _pods[pod.Metadata.Name] = pod with
    {
        Status = pod.Status with
        {
            Phase = success ? "Succeeded" : "Failed",
            ContainerStatuses =
            [
                new ContainerStatus { Name = "app", State = new() { Terminated = new() { ExitCode = success ? 0 : code, FinishedAt = Now } } },
            ],
        },
    };

    /// <summary>Somebody deletes a pod: it goes at once unless its finalizer holds it.</summary>
    public void Delete(string name)
    {
        if (!_pods.TryGetValue(name, out var pod)) return;
        if (pod.Metadata.Finalizers.IsEmpty) _pods.Remove(name);
        else _pods[name] = pod with { Metadata = pod.Metadata with { DeletionTimestamp = Now } };
    }

    private void Apply(Edit edit)
    {
        switch (edit)
        {
            case Edit.Create { Object: Pod pod }:
                if (!pod.Metadata.Finalizers.Contains(Tracking)) throw new InvalidOperationException("a pod that nobody would count");
                _pods.Add(pod.Metadata.Name, pod with { Metadata = pod.Metadata with { Uid = pod.Metadata.Name, CreationTimestamp = Now } });
                break;
            case Edit.Update { Object: Pod pod } when _pods.TryGetValue(pod.Metadata.Name, out var present):
                _pods[pod.Metadata.Name] = present with { Metadata = present.Metadata with { Finalizers = pod.Metadata.Finalizers } };
                if (present.Metadata.DeletionTimestamp is not null) Delete(pod.Metadata.Name);
                break;
            case Edit.Delete { Object: Pod pod }:
                Delete(pod.Metadata.Name);
                break;
            case Edit.Delete { Object: Kip.Resources.Batch.Job _ }:
                IsGone = true;
                break;
            case Edit.UpdateStatus { Object: Job job }:
                Job = Job with { Status = job.Status };
                break;
        }
    }
}
