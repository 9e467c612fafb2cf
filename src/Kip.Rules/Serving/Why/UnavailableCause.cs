using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Rules.Serving.Why;

/// <summary>Why requests are answered 503 or 504: no pod that could take them, or too many for those there may be.</summary>
internal static class UnavailableCause
{
    public static Diagnosis Explain(WhyView seen)
    {
        var name = seen.Service.Metadata.Name;
        if (seen.Service.Status.Traffic.IsEmpty) return NotReadyCause.Explain(seen);
        foreach (var facts in RevisionFacts.Routed(seen))
        {
            if (facts.Wanted > 0 && facts.Pods.Ready == 0 && facts.Pods.NotReady + facts.Pods.Pending > 0) return NoReadyPod(seen, facts);
        }
        foreach (var facts in RevisionFacts.Routed(seen))
        {
            if (facts.Max > 0 && facts.Pods.Ready >= facts.Max && facts.Revision.Spec.ContainerConcurrency > 0)
            {
                return new Chain()
                    .Pods($"Revision {facts.Name}: {facts.Pods.Ready} pods are ready, and each takes {facts.Revision.Spec.ContainerConcurrency} "
                        + "requests at a time; the rest waits, and beyond the queue's limit is answered 503")
                    .Setting($"{facts.MaxSource} is {facts.Max}, containerConcurrency is {facts.Revision.Spec.ContainerConcurrency}")
                    .Fix("raise max-scale, or containerConcurrency if the program can take more at a time")
                    .Says($"{name} answers 503 when more than {facts.Max * facts.Revision.Spec.ContainerConcurrency} requests are under way and the "
                        + "queue is full", trouble: false);
            }
        }
        var timeout = RevisionFacts.Routed(seen) is [var first, ..] ? first.Revision.Spec.TimeoutSeconds ?? 300 : 300;
        return new Chain()
            .Condition("Service", name, seen.Service.Status.Conditions.Find("Ready"))
            .Setting($"timeoutSeconds is {timeout}: a request that takes longer, waiting included, is answered 504")
            .Says($"nothing makes {name} answer 503 now", trouble: false);
    }

    private static Diagnosis NoReadyPod(WhyView seen, RevisionFacts facts)
    {
        var name = seen.Service.Metadata.Name;
        var pod = NotReadyCause.NewestPod(seen, facts.Name)!;
        var chain = new Chain().Pods($"Revision {facts.Name}: {facts.Wanted} wanted, none ready; {pod.Metadata.Name} is {Shown(pod)}");
        chain.Condition("pod", pod.Metadata.Name, pod.Status.Conditions.Find("Ready") is { Status: not ConditionStatus.True } ready ? ready : null)
            .Warning(seen, about => about == pod.Metadata.Name || about == facts.Name)
            .Log(seen, facts.Name);
        var (setting, fix) = Remedies.For(Reason(pod), name, facts.Revision);
        setting ??= "the readiness probe decides when a pod takes requests; until then they wait, and are answered 504 after timeoutSeconds";
        return chain.Setting(setting).Fix(fix)
            .Says($"requests to {name} wait or fail: Revision {facts.Name} has no ready pod");
    }

    private static string? Reason(Pod pod) => pod.Status.ContainerStatuses
        .Select(static c => c.State?.Waiting?.Reason ?? ((c.State?.Terminated ?? c.LastState?.Terminated) is not null ? "CrashLoopBackOff" : null))
        .FirstOrDefault(static r => r is { Length: > 0 })
        ?? (pod.Status.Conditions.Find("PodScheduled") is { Status: ConditionStatus.False } unscheduled ? unscheduled.Reason : null);

    private static string Shown(Pod pod) => Reason(pod) is { } reason ? reason : pod.Status.Phase ?? "Pending";
}
