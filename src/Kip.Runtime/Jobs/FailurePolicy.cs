using Kip.Resources;
using Kip.Resources.Batch;
using Kip.Resources.Core;

namespace Kip.Runtime.Jobs;

/// <summary>What a pod's failure means for its Job (batch/v1 PodFailurePolicy).</summary>
internal static class FailurePolicy
{
    /// <summary>The action of the first rule that matches, and for FailJob what to say; <c>Count</c> when none does.</summary>
    public static (string Action, string? Message) Of(Job job, Pod pod)
    {
        var rules = job.Spec.PodFailurePolicy?.Rules ?? default;
        for (var i = 0; i < rules.Count; i++)
        {
            if (rules[i].OnExitCodes is { } codes && Ended(pod).FirstOrDefault(c => Matches(codes, c)) is { } container)
                return (rules[i].Action,
                    $"Container {container.Name} for pod {pod.Metadata.Namespace}/{pod.Metadata.Name} failed with exit code "
                    + $"{container.State!.Terminated!.ExitCode} matching {rules[i].Action} rule at index {i}");
            foreach (var pattern in rules[i].OnPodConditions)
                if (pod.Status.Conditions.Find(pattern.Type)?.Status == (pattern.Status.Length == 0 ? ConditionStatus.True : pattern.Status))
                    return (rules[i].Action,
                        $"Pod {pod.Metadata.Namespace}/{pod.Metadata.Name} has condition {pattern.Type} matching {rules[i].Action} rule at index {i}");
        }
        return ("Count", null);
    }

    private static IEnumerable<ContainerStatus> Ended(Pod pod) =>
        pod.Status.ContainerStatuses.Concat(pod.Status.InitContainerStatuses).Where(static c => c.State?.Terminated is { ExitCode: not 0 });

    private static bool Matches(PodFailureExitCodes codes, ContainerStatus container) =>
        (codes.ContainerName is null || codes.ContainerName == container.Name)
        && codes.Values.Contains(container.State!.Terminated!.ExitCode) == (codes.Operator == "In");
}
