namespace Kip.Runtime.Jobs;

/// <summary>Labels, annotations and finalizers of Jobs and their pods, as Kubernetes names them.</summary>
internal static class JobKeys
{
    /// <summary>Holds a pod that has ended until its Job has counted it.</summary>
    public const string Tracking = "batch.kubernetes.io/job-tracking";

    public const string JobName = "batch.kubernetes.io/job-name";

    /// <summary>Which of an Indexed Job's parts a pod does: a label and an annotation.</summary>
    public const string CompletionIndex = "batch.kubernetes.io/job-completion-index";

    public const string IndexVariable = "JOB_COMPLETION_INDEX";

    /// <summary>On a CronJob's Jobs: the time of the schedule that each is for.</summary>
    public const string ScheduledAt = "batch.kubernetes.io/cronjob-scheduled-timestamp";
}
