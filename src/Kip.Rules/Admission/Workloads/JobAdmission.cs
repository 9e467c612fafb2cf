using Kip.Resources;
using Kip.Resources.Batch;
using Kip.Resources.Core;
using Kip.Rules.Admission.Core;

namespace Kip.Rules.Admission.Workloads;

/// <summary>Defaults and rules of Jobs.</summary>
internal static class JobAdmission
{
    private const string ControllerUid = "batch.kubernetes.io/controller-uid";
    private const string JobName = "batch.kubernetes.io/job-name";
    private const string OldControllerUid = "controller-uid";
    private const string OldJobName = "job-name";

    public static Job Default(Job job, Job? old)
    {
        var spec = DefaultSpec(job.Spec);
        // The uid in the selector keeps Jobs apart whatever labels their templates have.
        if (old is null && job.Spec.ManualSelector != true && job.Spec.Selector is null && job.Metadata.Uid is { } uid)
        {
            var labels = spec.Template.Metadata.Labels
                .With(ControllerUid, uid).With(OldControllerUid, uid).With(JobName, job.Metadata.Name).With(OldJobName, job.Metadata.Name);
            spec = spec with
            {
                Selector = new LabelSelector { MatchLabels = StringMap.Of((ControllerUid, uid)) },
                Template = spec.Template with { Metadata = spec.Template.Metadata with { Labels = labels } },
            };
        }
        return ReferenceEquals(spec, job.Spec) ? job : job with { Spec = spec };
    }

    /// <summary>What a Job's spec says where it says nothing; the very spec when there is nothing to add.</summary>
    public static JobSpec DefaultSpec(JobSpec spec)
    {
        var pod = PodDefaults.Apply(spec.Template.Spec);
        if (spec is { Parallelism: not null, BackoffLimit: not null, CompletionMode: not null, Suspend: not null, PodReplacementPolicy: not null }
            && ReferenceEquals(pod, spec.Template.Spec)) return spec;
        // Without either number it is one pod; with parallelism alone the pods share their work among themselves.
        var isSingle = spec.Completions is null && spec.Parallelism is null;
        return spec with
        {
            Completions = isSingle ? 1 : spec.Completions,
            Parallelism = spec.Parallelism ?? 1,
            BackoffLimit = spec.BackoffLimit ?? 6,
            CompletionMode = spec.CompletionMode ?? "NonIndexed",
            Suspend = spec.Suspend ?? false,
            PodReplacementPolicy = spec.PodReplacementPolicy ?? (spec.PodFailurePolicy is null ? "TerminatingOrFailed" : "Failed"),
            Template = ReferenceEquals(pod, spec.Template.Spec) ? spec.Template : spec.Template with { Spec = pod },
        };
    }

    public static void Validate(Job job, Job? old, FieldErrors errors)
    {
        using var _ = errors.In("spec");
        ValidateSpec(job.Spec, errors);
        if (job.Metadata.Name.Length > 63) errors.InvalidValue(job.Metadata.Name, "template.labels", "must be no more than 63 characters");
        SelectorRules.Validate(job.Spec.Selector, job.Spec.Template.Metadata.Labels, old?.Spec.Selector, old is not null, errors);
        if (old is not null) ValidateUpdate(job, old, errors);
    }

    /// <summary>The rules that also hold for a CronJob's template.</summary>
    public static void ValidateSpec(JobSpec spec, FieldErrors errors)
    {
        NotNegative(spec.Parallelism, "parallelism", errors);
        NotNegative(spec.Completions, "completions", errors);
        NotNegative(spec.ActiveDeadlineSeconds, "activeDeadlineSeconds", errors);
        NotNegative(spec.BackoffLimit, "backoffLimit", errors);
        NotNegative(spec.TtlSecondsAfterFinished, "ttlSecondsAfterFinished", errors);
        if (spec.CompletionMode is { } mode && mode is not ("NonIndexed" or "Indexed"))
            errors.UnsupportedValue(mode, "completionMode", "Indexed", "NonIndexed");
        if (spec.CompletionMode == "Indexed" && spec.Completions is null) errors.RequiredValue("completions", "when completion mode is Indexed");
        if (spec is { CompletionMode: "Indexed", Parallelism: > 100_000 })
            errors.InvalidValue(spec.Parallelism, "parallelism", "must be less than or equal to 100000 when completion mode is Indexed");
        if (spec.PodReplacementPolicy is { } replacement && replacement is not ("TerminatingOrFailed" or "Failed"))
            errors.UnsupportedValue(replacement, "podReplacementPolicy", "Failed", "TerminatingOrFailed");
        if (spec.BackoffLimitPerIndex is not null) errors.Forbidden("backoffLimitPerIndex", "not supported here: use backoffLimit, or one Job for each part");
        if (spec.MaxFailedIndexes is not null) errors.Forbidden("maxFailedIndexes", "not supported here");
        if (spec.SuccessPolicy is not null) errors.Forbidden("successPolicy", "not supported here: a Job succeeds when all its completions have");
        var restart = spec.Template.Spec.RestartPolicy;
        if (restart is null or "" or "Always") errors.RequiredValue("template.spec.restartPolicy", "valid values: \"OnFailure\", \"Never\"");
        ValidatePolicy(spec.PodFailurePolicy, restart, errors);
        using (errors.In("template")) using (errors.In("spec")) PodRules.Validate(spec.Template.Spec, errors);
    }

    private static void ValidatePolicy(PodFailurePolicy? policy, string? restart, FieldErrors errors)
    {
        if (policy is null) return;
        if (restart != "Never") errors.InvalidValue(restart, "template.spec.restartPolicy", "only \"Never\" is supported when podFailurePolicy is specified");
        for (var i = 0; i < policy.Rules.Count; i++)
        {
            using var _ = errors.In("podFailurePolicy.rules", i);
            var rule = policy.Rules[i];
            if (rule.Action is not ("FailJob" or "Ignore" or "Count")) errors.UnsupportedValue(rule.Action, "action", "Count", "FailJob", "Ignore");
            if (rule.OnExitCodes is null == rule.OnPodConditions.IsEmpty)
                errors.Say("specifying exactly one of OnExitCodes and OnPodConditions is required", "");
            if (rule.OnExitCodes is not { } codes) continue;
            if (codes.Operator is not ("In" or "NotIn")) errors.UnsupportedValue(codes.Operator, "onExitCodes.operator", "In", "NotIn");
            if (codes.Values.IsEmpty) errors.InvalidValue("[]", "onExitCodes.values", "at least one value is required");
            if (codes is { Operator: "In" } && codes.Values.Contains(0)) errors.InvalidValue(0, "onExitCodes.values", "must not be 0 for the In operator");
        }
    }

    private static void ValidateUpdate(Job job, Job old, FieldErrors errors)
    {
        var (now, before) = (job.Spec, old.Spec);
        // An Indexed Job may grow and shrink as a whole.
        var isResized = now.CompletionMode == "Indexed" && now.Completions == now.Parallelism && before.Completions == before.Parallelism;
        if (now.Completions != before.Completions && !isResized) errors.InvalidValue(now.Completions, "completions", "field is immutable");
        if (now.CompletionMode != before.CompletionMode) errors.InvalidValue(now.CompletionMode, "completionMode", "field is immutable");
        if (now.PodFailurePolicy != before.PodFailurePolicy) errors.InvalidValue("", "podFailurePolicy", "field is immutable");
        if (now.ManagedBy != before.ManagedBy) errors.InvalidValue(now.ManagedBy, "managedBy", "field is immutable");
        if (now.Template != before.Template && !(before.Suspend == true && old.Status.StartTime is null))
            errors.InvalidValue("", "template", "field is immutable");
    }

    private static void NotNegative(long? number, string field, FieldErrors errors)
    {
        if (number < 0) errors.InvalidValue(number, field, "must be greater than or equal to 0");
    }
}
