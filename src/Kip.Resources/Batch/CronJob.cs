using Kip.Resources.Core;

namespace Kip.Resources.Batch;

/// <summary>Makes a Job at each time of a schedule.</summary>
public sealed record CronJob : Resource<CronJobSpec, CronJobStatus>, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "batch", Version = "v1", Kind = "CronJob", Plural = "cronjobs", Singular = "cronjob", Namespaced = true,
        ShortNames = ["cj"], Categories = ["all"], HasStatus = true, StrategicMerge = true,
        ClrType = typeof(CronJob),
    };

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record CronJobSpec
{
    /// <summary>Five fields of cron, or <c>@hourly</c> and the like.</summary>
    public string Schedule { get; init => field = value ?? ""; } = "";

    /// <summary>An IANA name, e.g. <c>Europe/Berlin</c>. Null: UTC.</summary>
    public string? TimeZone { get; init; }
    public long? StartingDeadlineSeconds { get; init; }

    /// <value><c>Allow</c> (the default), <c>Forbid</c> or <c>Replace</c>.</value>
    public string? ConcurrencyPolicy { get; init; }
    public bool? Suspend { get; init; }
    public JobTemplateSpec JobTemplate { get; init => field = value ?? new(); } = new();
    public int? SuccessfulJobsHistoryLimit { get; init; }
    public int? FailedJobsHistoryLimit { get; init; }
}

public sealed record CronJobStatus
{
    public ValueList<ObjectReference> Active { get; init; }
    public DateTimeOffset? LastScheduleTime { get; init; }
    public DateTimeOffset? LastSuccessfulTime { get; init; }
}
