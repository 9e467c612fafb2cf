using System.Collections.Immutable;
using System.Globalization;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Deployments;

namespace Kip.Runtime.Jobs;

/// <summary>What a Job asks about its pods, and how it makes them.</summary>
internal static class JobPods
{
    private const int LongestHostname = 63;
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    extension(Pod pod)
    {
        public bool IsTracked => pod.Metadata.Finalizers.Contains(JobKeys.Tracking);

        public bool HasSucceeded => pod.Status.Phase == "Succeeded";

        public bool HasFailed => pod.Status.Phase == "Failed";

        /// <summary>Which part of an Indexed Job it does; null for none.</summary>
        public int? CompletionIndex =>
            int.TryParse(pod.Metadata.Annotations.Get(JobKeys.CompletionIndex), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;

        public Pod Untracked() =>
            pod with { Metadata = pod.Metadata with { Finalizers = [.. pod.Metadata.Finalizers.Where(static f => f != JobKeys.Tracking)] } };

        /// <summary>When the last of its containers ended.</summary>
        public DateTimeOffset? FinishedAt => pod.Status.ContainerStatuses.Max(static c => c.State?.Terminated?.FinishedAt);

        public int Restarts => pod.Status.ContainerStatuses.Sum(static c => c.RestartCount) + pod.Status.InitContainerStatuses.Sum(static c => c.RestartCount);
    }

    /// <summary>A pod of the Job; for an Indexed one that of a part.</summary>
    public static Pod Make(JobView seen, int? index)
    {
        var job = seen.Job;
        var template = job.Spec.Template;
        var stem = index is { } part ? $"{job.Metadata.Name}-{part.ToString(CultureInfo.InvariantCulture)}-" : job.Metadata.Name + "-";
        if (index is { } number) template = Indexed(template, job.Metadata.Name, number.ToString(CultureInfo.InvariantCulture));
        var pod = seen.NewPods.Make(job, template, stem);
        return pod with { Metadata = pod.Metadata with { Finalizers = [.. pod.Metadata.Finalizers, JobKeys.Tracking] } };
    }

    /// <summary>How long no new pod is made after failures in a row: 10 s, doubled each time, at most ten minutes.</summary>
    public static TimeSpan Wait(IEnumerable<Pod> pods, DateTimeOffset now)
    {
        var ended = pods.Where(static p => p.IsFinished).ToImmutableArray();
        var lastSuccess = ended.Where(static p => p.HasSucceeded).Max(static p => p.FinishedAt) ?? DateTimeOffset.MinValue;
        var failures = ended.Where(p => p.HasFailed && (p.FinishedAt ?? now) > lastSuccess).ToImmutableArray();
        if (failures.IsEmpty) return TimeSpan.Zero;
        var wait = FirstWait * Math.Pow(2, Math.Min(failures.Length - 1, 10));
        var until = failures.Max(static p => p.FinishedAt) is { } last ? last + (wait < LongestWait ? wait : LongestWait) : now;
        return until > now ? until - now : TimeSpan.Zero;
    }

    private static PodTemplateSpec Indexed(PodTemplateSpec template, string job, string index)
    {
        var variable = new EnvVar
        {
            Name = JobKeys.IndexVariable,
            ValueFrom = new EnvVarSource { FieldRef = new RawJson($$"""{"fieldPath":"metadata.annotations['{{JobKeys.CompletionIndex}}']"}""") },
        };
        var hostname = $"{job}-{index}";
        return template with
        {
            Metadata = template.Metadata with
            {
                Labels = template.Metadata.Labels.With(JobKeys.CompletionIndex, index),
                Annotations = template.Metadata.Annotations.With(JobKeys.CompletionIndex, index),
            },
            Spec = template.Spec with
            {
                Hostname = template.Spec.Hostname ?? hostname[..Math.Min(hostname.Length, LongestHostname)],
                Containers = [.. template.Spec.Containers.Select(c => WithVariable(c, variable))],
                InitContainers = [.. template.Spec.InitContainers.Select(c => WithVariable(c, variable))],
            },
        };
    }

    private static Container WithVariable(Container container, EnvVar variable) =>
        container.Env.Any(static e => e.Name == JobKeys.IndexVariable) ? container : container with { Env = [.. container.Env, variable] };
}
