using System.Collections.Immutable;
using Kip.Resources;
using Kip.Resources.Batch;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Rules.Conditions;
using Kip.Runtime.Deployments;

namespace Kip.Runtime.Jobs;

/// <summary>Plays Kubernetes' Job controller: which pods to make and which to end, what counts, and when the Job is over.</summary>
/// <remarks>k8s.io/kubernetes/pkg/controller/job/job_controller.go (syncJob, manageJob).</remarks>
public static class JobPlanner
{
    private const string Complete = "Complete";
    private const string Failed = "Failed";
    private const string FailureTarget = "FailureTarget";
    private const string SuccessCriteriaMet = "SuccessCriteriaMet";
    private const string Suspended = "Suspended";
    private const string OwnController = "kubernetes.io/job-controller";

    /// <summary>Whether a Job is over, well or badly.</summary>
    public static bool IsFinished(Job job) => job.Status.Conditions.IsTrue(Complete) || job.Status.Conditions.IsTrue(Failed);

    /// <summary>Decides the Job's next step.</summary>
    public static Plan Plan(JobView seen)
    {
        var job = seen.Job;
        if (job.Spec.ManagedBy is { } other && other != OwnController) return Resources.Planning.Plan.Nothing;
        // One that is being deleted holds none of its pods.
        if (job.Metadata.DeletionTimestamp is not null) return new Plan(Release(seen.Pods));
        if (IsFinished(job)) return Finished(seen);
        var run = new JobRun(seen);
        var (edits, requeue) = run.Next();
        var reported = job with { Status = run.Status() };
        if (seen.CreateFailure is not null && reported.Status != job.Status) edits.Insert(0, new Edit.UpdateStatus(reported));
        edits.AddRange(Told(job, reported, edits));
        return new Plan(edits.ToValueList(), reported, requeue);
    }

    /// <summary>Lets pods go that no Job will count.</summary>
    internal static ValueList<Edit> Release(IEnumerable<Pod> pods) =>
        pods.Where(static p => p.IsTracked).Select(static p => (Edit)new Edit.Update(p.Untracked())).ToValueList();

    // Kubernetes' Events: which pods were made, and how it ended.
    private static Edit[] Told(Job job, Job reported, IEnumerable<Edit> edits)
    {
        var told = edits.OfType<Edit.Create>()
            .Select(c => new Edit.Record(job, "Normal", "SuccessfulCreate", $"Created pod: {c.Object.Metadata.Name}")).ToList();
        if (reported.Status.Conditions.IsTrue(Complete)) told.Add(new Edit.Record(job, "Normal", "Completed", "Job completed"));
        if (reported.Status.Conditions.Find(Failed) is { Status: ConditionStatus.True } failed)
            told.Add(new Edit.Record(job, "Warning", failed.Reason ?? "", failed.Message ?? ""));
        return [.. told];
    }

    // What is left of it goes when its time is over; until then people may look at it.
    private static Plan Finished(JobView seen)
    {
        var release = Release(seen.Pods);
        if (seen.Job.Spec.TtlSecondsAfterFinished is not { } seconds || FinishedAt(seen.Job) is not { } ended) return new Plan(release);
        var left = ended.AddSeconds(seconds) - seen.Now;
        return left > TimeSpan.Zero ? new Plan(release, RequeueAfter: left) : new Plan([.. release, new Edit.Delete(seen.Job)]);
    }

    private static DateTimeOffset? FinishedAt(Job job) =>
        job.Status.Conditions.FirstOrDefault(static c => c is { Type: Complete or Failed, Status: ConditionStatus.True })?.LastTransitionTime;

    /// <summary>One step of a Job that is not over.</summary>
    private sealed class JobRun
    {
        private readonly JobView _seen;
        private readonly Job _job;
        private readonly ImmutableArray<Pod> _active;
        private readonly int _terminating;
        private readonly JobCount _count;
        private ValueList<Condition> _conditions;
        private readonly (string Reason, string Message)? _failure;
        private readonly bool _suspended;
        private readonly bool _succeeded;
        private readonly DateTimeOffset? _startTime;
        private int _removed;

        public JobRun(JobView seen)
        {
            (_seen, _job) = (seen, seen.Job);
            _active = [.. seen.Pods.Where(static p => p.IsActive).OrderBy(static p => p.Metadata.Name, StringComparer.Ordinal)];
            _terminating = seen.Pods.Count(static p => p.IsTerminating && !p.IsFinished);
            _count = JobCount.Of(seen);
            _conditions = _job.Status.Conditions;
            _suspended = _job.Spec.Suspend == true;
            _startTime = _suspended ? null : _job.Status.StartTime ?? seen.Now.WholeSeconds();
            _failure = Failure();
            _succeeded = _failure is null && !_suspended && HasSucceeded();
        }

        private bool IsIndexed => _job.Spec.CompletionMode == "Indexed";

        private int Parallelism => _job.Spec.Parallelism ?? 1;

        private DateTimeOffset? Deadline => _job.Spec.ActiveDeadlineSeconds is { } seconds ? _startTime?.AddSeconds(seconds) : null;

        public (List<Edit> Edits, TimeSpan? Requeue) Next()
        {
            var edits = new List<Edit>(_count.Releases);
            if (_failure is not null || _succeeded)
            {
                End(edits, _active, uncounted: false);
                return (edits, null);
            }
            var until = Deadline is { } deadline ? Positive(deadline - _seen.Now) : (TimeSpan?)null;
            if (_suspended)
            {
                End(edits, _active, uncounted: true);
                return (edits, null);
            }
            var (surplus, missing) = Difference();
            End(edits, surplus, uncounted: true);
            var wait = missing.Length == 0 ? TimeSpan.Zero : JobPods.Wait(_seen.Pods, _seen.Now);
            if (wait > TimeSpan.Zero) return (edits, until is { } sooner && sooner < wait ? sooner : wait);
            edits.AddRange(missing.Take(DeploymentPlanner.BurstReplicas).Select(index => new Edit.Create(JobPods.Make(_seen, index))));
            return (edits, until);
        }

        public JobStatus Status()
        {
            SetConditions();
            var active = _active.Length - _removed;
            return _job.Status with
            {
                StartTime = _startTime,
                Active = active,
                Ready = active == 0 ? 0 : _active.Count(static p => p.IsReady),
                Terminating = _terminating + _removed,
                Succeeded = _count.Succeeded,
                Failed = _count.Failed,
                CompletedIndexes = IsIndexed ? IndexRanges.Write(_count.Indexes) is { Length: > 0 } text ? text : null : null,
                UncountedTerminatedPods = _count.Uncounted,
                CompletionTime = _conditions.Find(Complete) is { Status: ConditionStatus.True } ? _seen.Now.WholeSeconds() : null,
                Conditions = _conditions,
            };
        }

        // Scaled down or suspended, a pod's end is no failure of its own: its finalizer goes first, so that it is not counted.
        private void End(List<Edit> edits, IEnumerable<Pod> pods, bool uncounted)
        {
            foreach (var pod in pods)
            {
                if (uncounted && pod.IsTracked) edits.Add(new Edit.Update(pod.Untracked()));
                edits.Add(new Edit.Delete(pod));
                _removed++;
            }
        }

        private (ImmutableArray<Pod> Surplus, int?[] Missing) Difference()
        {
            if (IsIndexed) return IndexDifference();
            var waiting = _job.Spec.PodReplacementPolicy == "Failed" ? _terminating : 0;
            var wanted = _job.Spec.Completions is { } completions ? Math.Min(Parallelism, Math.Max(0, completions - _count.AllSucceeded))
                : _count.AllSucceeded > 0 ? Math.Min(Parallelism, _active.Length)
                : Parallelism;
            ImmutableArray<Pod> surplus = [.. PodState.FirstToGo(_active).Take(Math.Max(0, _active.Length - wanted))];
            return (surplus, new int?[Math.Max(0, wanted - _active.Length - waiting)]);
        }

        private (ImmutableArray<Pod> Surplus, int?[] Missing) IndexDifference()
        {
            var completions = _job.Spec.Completions ?? 0;
            var taken = new HashSet<int>();
            // A second pod for the same part, or one for a part that is done or no more, is too many.
            var surplus = _active.Where(p => p.CompletionIndex is not { } index || index >= completions || _count.Indexes.Contains(index) || !taken.Add(index))
                .ToList();
            var kept = _active.Except(surplus, ReferenceEqualityComparer.Instance).Cast<Pod>().ToList();
            surplus.AddRange(PodState.FirstToGo(kept).Take(Math.Max(0, kept.Count - Parallelism)));
            var leaving = _job.Spec.PodReplacementPolicy == "Failed"
                ? _seen.Pods.Where(static p => p.IsTerminating && !p.IsFinished).Select(static p => p.CompletionIndex).ToHashSet() : [];
            var missing = Enumerable.Range(0, completions)
                .Where(i => !_count.Indexes.Contains(i) && !taken.Contains(i) && !leaving.Contains(i))
                .Take(Math.Max(0, Parallelism - kept.Count)).Select(static i => (int?)i).ToArray();
            return ([.. surplus], missing);
        }

        private bool HasSucceeded()
        {
            if (_conditions.Find(SuccessCriteriaMet) is { Status: ConditionStatus.True }) return true;
            return _job.Spec.Completions is { } completions ? _count.AllSucceeded >= completions : _count.AllSucceeded > 0 && _active.IsEmpty;
        }

        private (string, string)? Failure()
        {
            if (_conditions.Find(FailureTarget) is { Status: ConditionStatus.True } decided) return (decided.Reason ?? "", decided.Message ?? "");
            if (_count.PolicyFailure is { } matched) return ("PodFailurePolicy", matched);
            if (_count.AllFailed > BackoffLimit || RestartsReach(BackoffLimit)) return ("BackoffLimitExceeded", "Job has reached the specified backoff limit");
            if (Deadline is { } deadline && _seen.Now >= deadline && !_suspended) return ("DeadlineExceeded", "Job was active longer than specified deadline");
            return null;
        }

        private int BackoffLimit => _job.Spec.BackoffLimit ?? 6;

        private bool RestartsReach(int limit)
        {
            if (_job.Spec.Template.Spec.RestartPolicy != "OnFailure") return false;
            var restarts = _active.Sum(static p => p.Restarts);
            return limit == 0 ? restarts > 0 : restarts >= limit;
        }

        private void SetConditions()
        {
            // Over is over only when nothing of it runs and everything is counted.
            var atRest = _active.IsEmpty && _terminating == 0 && _count.IsSettled;
            if (_failure is var (reason, message))
            {
                Mark(FailureTarget, ConditionStatus.True, reason, message);
                if (atRest) Mark(Failed, ConditionStatus.True, reason, message);
            }
            else if (_succeeded)
            {
                const string reached = "CompletionsReached", said = "Reached expected number of succeeded pods";
                Mark(SuccessCriteriaMet, ConditionStatus.True, reached, said);
                if (atRest) Mark(Complete, ConditionStatus.True, reached, said);
            }
            else if (_suspended)
            {
                Mark(Suspended, ConditionStatus.True, "JobSuspended", "Job suspended");
            }
            else if (_conditions.Find(Suspended) is { Status: ConditionStatus.True })
            {
                Mark(Suspended, ConditionStatus.False, "JobResumed", "Job resumed");
            }
        }

        private void Mark(string type, string status, string reason, string message) =>
            _conditions = _conditions.Marked(type, status, reason, message, _seen.Now.WholeSeconds());

        private static TimeSpan Positive(TimeSpan wait) => wait < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : wait;
    }
}
