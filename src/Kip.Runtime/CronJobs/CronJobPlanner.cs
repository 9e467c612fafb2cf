using System.Collections.Immutable;
using System.Globalization;
using Kip.Resources;
using Kip.Resources.Batch;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Rules.Schedules;
using Kip.Runtime.Jobs;

namespace Kip.Runtime.CronJobs;

/// <summary>What the CronJob planner decides from.</summary>
/// <param name="CronJob">The CronJob.</param>
/// <param name="Jobs">Every Job whose controller it is.</param>
/// <param name="Now">The time.</param>
/// <param name="FindZone">The time zone of an IANA name; null when this machine knows none.</param>
/// <param name="IsTaken">Whether a Job of this name exists in the namespace, whoever it belongs to.</param>
public sealed record CronJobView(
    CronJob CronJob, ImmutableArray<Job> Jobs, DateTimeOffset Now, Func<string, TimeZoneInfo?> FindZone, Func<string, bool> IsTaken);

/// <summary>Plays Kubernetes' CronJob controller: makes a Job at each time of the schedule, and forgets old ones.</summary>
/// <remarks>k8s.io/kubernetes/pkg/controller/cronjob/cronjob_controllerv2.go.</remarks>
public static class CronJobPlanner
{
    /// <summary>Decides what is to be done now, and when the schedule is due next.</summary>
    public static Plan Plan(CronJobView seen)
    {
        var cron = seen.CronJob;
        if (cron.Metadata.DeletionTimestamp is not null) return Resources.Planning.Plan.Nothing;
        var edits = new List<Edit>(History(seen));
        var status = cron.Status with
        {
            Active = Active(seen).Select(ReferenceTo).ToValueList(),
            LastSuccessfulTime = seen.Jobs.Where(static j => j.Status.Conditions.IsTrue("Complete")).Max(static j => j.Status.CompletionTime) is { } last
                && last > (cron.Status.LastSuccessfulTime ?? DateTimeOffset.MinValue) ? last : cron.Status.LastSuccessfulTime,
        };
        var requeue = (TimeSpan?)null;
        if (cron.Spec.Suspend != true) (status, requeue) = Due(seen, status, edits);
        return new Plan(edits.ToValueList(), cron with { Status = status }, requeue);
    }

    private static (CronJobStatus, TimeSpan?) Due(CronJobView seen, CronJobStatus status, List<Edit> edits)
    {
        var cron = seen.CronJob;
        var zone = cron.Spec.TimeZone is { } name ? seen.FindZone(name) : TimeZoneInfo.Utc;
        if (zone is null || CronSchedule.Parse(cron.Spec.Schedule, out var wrong) is not { } schedule)
        {
            // Admission has read both; what it let pass may be unknown to another machine.
            edits.Add(new Edit.Record(cron, "Warning", zone is null ? "UnknownTimeZone" : "UnparseableSchedule",
                zone is null ? $"invalid timeZone: \"{cron.Spec.TimeZone}\"" : $"unparseable schedule: \"{cron.Spec.Schedule}\""));
            return (status, null);
        }
        var next = schedule.Next(seen.Now, zone) - seen.Now;
        if (schedule.Latest(Earliest(seen), seen.Now, zone) is not { } due) return (status, next);
        var job = JobFor(cron, due, zone);
        if (seen.Jobs.Any(j => j.Metadata.Name == job.Metadata.Name)) return (status with { LastScheduleTime = due }, next);
        return Start(seen, status, job, due, edits) ? (status with { LastScheduleTime = due }, next) : (status, next);
    }

    private static bool Start(CronJobView seen, CronJobStatus status, Job job, DateTimeOffset due, List<Edit> edits)
    {
        var cron = seen.CronJob;
        if (cron.Spec.ConcurrencyPolicy == "Forbid" && !status.Active.IsEmpty)
        {
            edits.Add(new Edit.Record(
                cron, "Normal", "JobAlreadyActive", "Not starting job because prior execution is running and concurrency policy is Forbid"));
            return false;
        }
        if (cron.Spec.ConcurrencyPolicy == "Replace")
            edits.AddRange(Active(seen).SelectMany(
                j => (Edit[])[new Edit.Delete(j), new Edit.Record(cron, "Normal", "SuccessfulDelete", $"Deleted job {j.Metadata.Name}")]));
        if (seen.IsTaken(job.Metadata.Name))
        {
            edits.Add(new Edit.Record(cron, "Warning", "FailedCreate", $"Error creating job: jobs.batch \"{job.Metadata.Name}\" already exists"));
            return true;
        }
        edits.Add(new Edit.Create(job));
        edits.Add(new Edit.Record(cron, "Normal", "SuccessfulCreate", $"Created job {job.Metadata.Name}"));
        return true;
    }

    private static DateTimeOffset Earliest(CronJobView seen)
    {
        var cron = seen.CronJob;
        var earliest = cron.Status.LastScheduleTime ?? cron.Metadata.CreationTimestamp ?? seen.Now;
        // What could not be started any more need not be looked for.
        return cron.Spec.StartingDeadlineSeconds is { } seconds && seconds < int.MaxValue && seen.Now.AddSeconds(-seconds) is var least && least > earliest
            ? least
            : earliest;
    }

    private static IEnumerable<Job> Active(CronJobView seen) =>
        seen.Jobs.Where(static j => !JobPlanner.IsFinished(j) && j.Metadata.DeletionTimestamp is null)
            .OrderBy(static j => j.Metadata.Name, StringComparer.Ordinal);

    private static IEnumerable<Edit> History(CronJobView seen)
    {
        var finished = seen.Jobs.Where(static j => JobPlanner.IsFinished(j) && j.Metadata.DeletionTimestamp is null)
            .ToLookup(static j => j.Status.Conditions.IsTrue("Complete"));
        return Oldest(seen.CronJob, finished[true], seen.CronJob.Spec.SuccessfulJobsHistoryLimit ?? 3)
            .Concat(Oldest(seen.CronJob, finished[false], seen.CronJob.Spec.FailedJobsHistoryLimit ?? 1));
    }

    private static IEnumerable<Edit> Oldest(CronJob cron, IEnumerable<Job> finished, int limit)
    {
        var jobs = finished.OrderBy(static j => j.Status.StartTime ?? DateTimeOffset.MaxValue)
            .ThenBy(static j => j.Metadata.Name, StringComparer.Ordinal).ToArray();
        return jobs.Take(Math.Max(0, jobs.Length - limit))
            .SelectMany(j => (Edit[])[new Edit.Delete(j), new Edit.Record(cron, "Normal", "SuccessfulDelete", $"Deleted job {j.Metadata.Name}")]);
    }

    private static Job JobFor(CronJob cron, DateTimeOffset due, TimeZoneInfo zone)
    {
        var template = cron.Spec.JobTemplate;
        return new Job
        {
            Metadata = new ObjectMeta
            {
                // The minute since the epoch: one time of the schedule makes one Job, however often it is tried.
                Name = $"{cron.Metadata.Name}-{(due.ToUnixTimeSeconds() / 60).ToString(CultureInfo.InvariantCulture)}",
                Namespace = cron.Metadata.Namespace,
                Labels = template.Metadata.Labels,
                Annotations = template.Metadata.Annotations.With(JobKeys.ScheduledAt,
                    TimeZoneInfo.ConvertTime(due, zone) is var local && local.Offset == TimeSpan.Zero
                        ? local.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
                        : local.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture)),
                OwnerReferences = [cron.ControllerReference()],
            },
            Spec = template.Spec,
        };
    }

    private static ObjectReference ReferenceTo(Job job) => new()
    {
        ApiVersion = job.ApiVersion, Kind = job.Kind, Namespace = job.Metadata.Namespace, Name = job.Metadata.Name, Uid = job.Metadata.Uid,
        ResourceVersion = job.Metadata.ResourceVersion,
    };
}
