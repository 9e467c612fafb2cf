namespace Kip.Rules.Serving.Why;

/// <summary>Why there are not more pods.</summary>
internal static class ScaleUpCause
{
    public static Diagnosis Explain(WhyView seen)
    {
        var name = seen.Service.Metadata.Name;
        var routed = RevisionFacts.Routed(seen);
        if (routed.Count == 0) return NotReadyCause.Explain(seen);
        foreach (var facts in routed)
        {
            if (facts.Max > 0 && facts.Wanted >= facts.Max && facts.Autoscaler is not null && seen.Decisions.TryGetValue(facts.Name, out var decided)
                && decided.Called >= facts.Max)
                return new Chain().Pods($"Revision {facts.Name}: {facts.Wanted} pods wanted, {facts.Pods.Ready} ready; the load calls for "
                    + $"{decided.Called}: {decided.Reason}")
                    .Setting($"{facts.MaxSource} is {facts.Max}")
                    .Fix(
                        $"raise it: kubectl annotate revision {facts.Name} autoscaling.knative.dev/max-scale=N --overwrite; for new Revisions, on the template")
                    .Says($"{name} has as many pods as max-scale allows", trouble: decided.Called > facts.Max);
            if (facts.Pods.Pending + facts.Pods.NotReady > 0 && facts.Pods.Ready < facts.Wanted)
                return new Chain().Pods($"Revision {facts.Name}: {facts.Wanted} pods wanted, {facts.Pods.Ready} ready, "
                    + $"{facts.Pods.Pending + facts.Pods.NotReady} on their way")
                    .Warning(seen, about => about.StartsWith(facts.Name, StringComparison.Ordinal)).Log(seen, facts.Name)
                    .Fix($"see what keeps them: kip describe {name}, kip logs {name}")
                    .Says($"{name} is scaling up: {facts.Wanted} pods are wanted and {facts.Pods.Ready} are ready", trouble: facts.Pods.Ready == 0);
        }
        return Enough(seen, routed[0]);
    }

    private static Diagnosis Enough(WhyView seen, RevisionFacts facts)
    {
        var chain = new Chain().Pods($"Revision {facts.Name}: {facts.Wanted} pods wanted, {facts.Pods.Ready} ready{Decision(seen, facts.Name)}");
        if (facts.Spec is { } spec)
        {
            var what = spec.Metric == Scaling.ScalingMetric.Concurrency ? "requests at a time" : "requests per second";
            chain.Setting($"a pod is to have {RevisionFacts.Number(spec.Target)} {what}: the target of {RevisionFacts.Number(spec.Total)} times the "
                + $"utilisation, averaged over {spec.StableWindow.TotalSeconds} s")
                .Fix("for more pods at the same load, lower autoscaling.knative.dev/target or target-utilization-percentage; try it first: kip "
                    + "simulate TRACE --against target=N --service " + seen.Service.Metadata.Name);
        }
        return chain.Says($"{seen.Service.Metadata.Name} has the pods that its load calls for", trouble: false);
    }

    private static string Decision(WhyView seen, string revision) =>
        seen.Decisions.TryGetValue(revision, out var decision) ? $"; the load calls for {decision.Called}: {decision.Reason}" : "";
}
