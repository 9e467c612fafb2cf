using Kip.Resources;
using Kip.Rules.Scaling;

namespace Kip.Rules.Serving.Why;

/// <summary>Why there are pods, or why there are none.</summary>
internal static class ScaleToZeroCause
{
    public static Diagnosis Explain(WhyView seen)
    {
        var name = seen.Service.Metadata.Name;
        var running = RevisionFacts.WithPods(seen);
        if (running.Count == 0)
            return new Chain().Pods("no pods").Setting("the last pod goes when there was no request for the stable window "
                + $"({seen.Autoscaler.StableWindow.TotalSeconds} s unless autoscaling.knative.dev/window says otherwise)")
                .Says($"{name} sleeps: it has no pods until the next request, which wakes it", trouble: false);
        foreach (var facts in running)
        {
            if (facts.Pods.Total == facts.Pods.Terminating) continue;
            return OfRevision(seen, facts);
        }
        return new Chain().Pods($"{running.Sum(static f => f.Pods.Terminating)} pods are ending")
            .Setting("a pod that ends may finish its requests, for up to timeoutSeconds")
            .Says($"{name} is on its way to zero", trouble: false);
    }

    private static string Because(string name, WhyView seen, string revision, TimeSpan window) =>
        seen.Decisions.TryGetValue(revision, out var decision) && decision.Called == 0
            ? $"{name} has no requests now; its last pod goes when the stable window of {window.TotalSeconds} s is over"
            : $"{name} has pods because it had requests within the last {window.TotalSeconds} s, or has one under way";

    private static Diagnosis OfRevision(WhyView seen, RevisionFacts facts)
    {
        var name = seen.Service.Metadata.Name;
        var chain = new Chain().Pods($"Revision {facts.Name}: {facts.Pods.Ready} ready, {facts.Wanted} wanted");
        if (!facts.Asked.IsKpa(seen.Autoscaler))
            return chain.Setting("autoscaling.knative.dev/class: only the class kpa.autoscaling.knative.dev scales to zero")
                .Fix("leave the class out").Says($"{name} does not go to zero: its class scales by CPU or memory", trouble: false);
        if (facts.Min > 0)
            return chain.Setting($"{facts.MinSource} is {facts.Min}")
                .Fix("let it go to zero: kubectl annotate revision " + facts.Name + " autoscaling.knative.dev/min-scale=0 --overwrite; for new "
                    + "Revisions, on the template")
                .Says($"{name} does not go to zero: min-scale keeps {facts.Min} pods", trouble: false);
        if (!seen.Autoscaler.EnableScaleToZero)
            return chain.Setting("enable-scale-to-zero in config-autoscaler is false")
                .Fix("""kubectl patch configmap -n knative-serving config-autoscaler --type merge -p '{"data":{"enable-scale-to-zero":"true"}}'""")
                .Says($"{name} does not go to zero: that is switched off for the whole platform", trouble: false);
        return Waiting(seen, facts, chain);
    }

    private static Diagnosis Waiting(WhyView seen, RevisionFacts facts, Chain chain)
    {
        var name = seen.Service.Metadata.Name;
        if (facts.Autoscaler is not { } autoscaler) return chain.Says($"{name} has pods, and no PodAutoscaler that would say why");
        var (state, lasting) = PodAutoscalerConditions.ActivityOf(autoscaler, seen.Now);
        var window = facts.Asked.Window ?? seen.Autoscaler.StableWindow;
        chain.Condition("PodAutoscaler", facts.Name, autoscaler.Status.Conditions.Find(PodAutoscalerConditions.Active));
        if (seen.Decisions.TryGetValue(facts.Name, out var decision)) chain.Pods($"the load calls for {decision.Called}: {decision.Reason}");
        if (state == PodActivity.Inactive)
        {
            var retention = facts.Asked.PodRetention ?? seen.Autoscaler.ScaleToZeroPodRetention;
            if (retention > TimeSpan.Zero && lasting < retention)
                return chain.Setting($"scale-to-zero-pod-retention-period is {retention.TotalSeconds} s, of which "
                    + $"{(long)(retention - lasting).TotalSeconds} s are left")
                    .Says($"{name} keeps its last pod for a while after the last request", trouble: false);
            return chain.Says($"{name} is on its way to zero", trouble: false);
        }
        if ((facts.Asked.ScaleDownDelay ?? seen.Autoscaler.ScaleDownDelay) is var delay && delay > TimeSpan.Zero)
            chain.Setting($"scale-down-delay is {delay.TotalSeconds} s: pods stay for so long after they were last wanted");
        return chain.Setting($"the stable window is {window.TotalSeconds} s "
            + $"({(facts.Asked.Window is null ? "stable-window in config-autoscaler" : "autoscaling.knative.dev/window")}): the last pod goes when "
            + "so long no request came, not even one of a health check, and none is under way")
            .Fix("find who calls it: kip logs " + name + "; for a shorter wait set autoscaling.knative.dev/window, at least 6s")
            .Says(Because(name, seen, facts.Name, window), trouble: false);
    }
}
