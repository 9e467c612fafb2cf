using Kip.Resources.Batch;
using Kip.Rules.Schedules;

namespace Kip.Rules.Admission.Workloads;

/// <summary>Defaults and rules of CronJobs.</summary>
internal static class CronJobAdmission
{
    // A Job's name is the CronJob's, a dash and ten digits of minutes.
    private const int LongestName = 52;

    public static CronJob Default(CronJob cron)
    {
        var spec = cron.Spec;
        var job = JobAdmission.DefaultSpec(spec.JobTemplate.Spec);
        if (spec is { ConcurrencyPolicy: not null, Suspend: not null, SuccessfulJobsHistoryLimit: not null, FailedJobsHistoryLimit: not null }
            && ReferenceEquals(job, spec.JobTemplate.Spec)) return cron;
        return cron with
        {
            Spec = spec with
            {
                ConcurrencyPolicy = spec.ConcurrencyPolicy ?? "Allow",
                Suspend = spec.Suspend ?? false,
                SuccessfulJobsHistoryLimit = spec.SuccessfulJobsHistoryLimit ?? 3,
                FailedJobsHistoryLimit = spec.FailedJobsHistoryLimit ?? 1,
                JobTemplate = ReferenceEquals(job, spec.JobTemplate.Spec) ? spec.JobTemplate : spec.JobTemplate with { Spec = job },
            },
        };
    }

    public static void Validate(CronJob cron, CronJob? old, FieldErrors errors)
    {
        if (old is null && cron.Metadata.Name.Length > LongestName)
            errors.InvalidValue(cron.Metadata.Name, "metadata.name", $"must be no more than {LongestName} characters");
        using var _ = errors.In("spec");
        var spec = cron.Spec;
        ValidateSchedule(spec, old?.Spec, errors);
        if (spec.ConcurrencyPolicy is { } policy && policy is not ("Allow" or "Forbid" or "Replace"))
            errors.UnsupportedValue(policy, "concurrencyPolicy", "Allow", "Forbid", "Replace");
        if (spec.StartingDeadlineSeconds < 0)
            errors.InvalidValue(spec.StartingDeadlineSeconds, "startingDeadlineSeconds", "must be greater than or equal to 0");
        if (spec.SuccessfulJobsHistoryLimit < 0)
            errors.InvalidValue(spec.SuccessfulJobsHistoryLimit, "successfulJobsHistoryLimit", "must be greater than or equal to 0");
        if (spec.FailedJobsHistoryLimit < 0) errors.InvalidValue(spec.FailedJobsHistoryLimit, "failedJobsHistoryLimit", "must be greater than or equal to 0");
        using (errors.In("jobTemplate")) using (errors.In("spec"))
        {
            if (spec.JobTemplate.Spec.ManualSelector == true) errors.UnsupportedValue("true", "manualSelector", "nil", "false");
            JobAdmission.ValidateSpec(spec.JobTemplate.Spec, errors);
        }
    }

    private static void ValidateSchedule(CronJobSpec spec, CronJobSpec? old, FieldErrors errors)
    {
        if (spec.Schedule.Length == 0) errors.RequiredValue("schedule");
        else if (spec.Schedule.Contains("TZ", StringComparison.Ordinal))
            errors.InvalidValue(spec.Schedule, "schedule", "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
        else if (CronSchedule.Parse(spec.Schedule, out var wrong) is null) errors.InvalidValue(spec.Schedule, "schedule", wrong!);
        // A zone that this machine does not know may have been stored by another.
        if (spec.TimeZone is not { } zone || zone == old?.TimeZone) return;
        if (zone.Length == 0) errors.InvalidValue(zone, "timeZone", "timeZone must be nil or non-empty string");
        else if (zone.Equals("local", StringComparison.OrdinalIgnoreCase))
            errors.InvalidValue(zone, "timeZone", "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
        else if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var known) || !known.HasIanaId)
            errors.InvalidValue(zone, "timeZone", $"unknown time zone {zone}");
    }
}
