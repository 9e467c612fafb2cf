using Kip.Resources;
using Kip.Resources.Batch;

namespace Kip.ApiServer.Tables;

/// <summary>What a table says of Jobs and CronJobs.</summary>
internal static class JobCells
{
    public static string Status(Job job)
    {
        var conditions = job.Status.Conditions;
        if (conditions.IsTrue("Complete")) return "Complete";
        if (conditions.IsTrue("Failed")) return "Failed";
        if (job.Metadata.DeletionTimestamp is not null) return "Terminating";
        if (conditions.IsTrue("Suspended")) return "Suspended";
        if (conditions.IsTrue("FailureTarget")) return "FailureTarget";
        return conditions.IsTrue("SuccessCriteriaMet") ? "SuccessCriteriaMet" : "Running";
    }

    public static string Completions(Job job)
    {
        if (job.Spec.Completions is { } wanted) return $"{job.Status.Succeeded}/{wanted}";
        return job.Spec.Parallelism is { } many and > 1 ? $"{job.Status.Succeeded}/1 of {many}" : $"{job.Status.Succeeded}/1";
    }

    public static string? Duration(Job job, DateTimeOffset now)
    {
        if (job.Status.StartTime is not { } start) return null;
        var failed = job.Status.Conditions.Find("Failed") is { Status: ConditionStatus.True } condition ? condition.LastTransitionTime : null;
        return Durations.Short((job.Status.CompletionTime ?? failed ?? now) - start);
    }

    public static string LastSchedule(CronJob cron, DateTimeOffset now) =>
        cron.Status.LastScheduleTime is { } last ? Durations.Since(last, now) : "<none>";
}
