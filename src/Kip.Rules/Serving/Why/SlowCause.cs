using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Rules.Serving.Why;

/// <summary>Why requests take long: the start of a pod, the wait for a slot, or the program itself.</summary>
internal static class SlowCause
{
    private static readonly TimeSpan LongStart = TimeSpan.FromMilliseconds(500);

    public static Diagnosis Explain(WhyView seen)
    {
        var name = seen.Service.Metadata.Name;
        if (!seen.Service.Status.Conditions.IsTrue("Ready")) return NotReadyCause.Explain(seen);
        var routed = RevisionFacts.Routed(seen);
        if (routed.Count == 0) return NotReadyCause.Explain(seen);
        var facts = routed[0];
        var chain = new Chain();
        var start = Start(seen, facts.Name);
        if (start is { } took) chain.Pods($"Revision {facts.Name}: its newest pod took {Milliseconds(took.Platform)} ms until its process ran, and "
            + $"{Milliseconds(took.Program)} ms more until it answered the readiness probe");
        if (facts.Pods.Ready == 0 || (facts.Min == 0 && start is { Program: var program } && program > LongStart))
            return ColdStart(name, facts, start?.Program, chain);
        if (facts.Max > 0 && facts.Wanted >= facts.Max) return Capped(name, facts, chain);
        if (facts.Revision.Spec.ContainerConcurrency is > 0 and var limit)
            return chain.Setting($"containerConcurrency is {limit}: a pod takes so many at a time, the next waits")
                .Fix($"see the waiting of one request: kip invoke {name} --trace; raise containerConcurrency, or lower "
                    + "autoscaling.knative.dev/target so that pods come earlier")
                .Says($"{name} may be slow because requests wait for a slot at one of {facts.Pods.Ready} pods", trouble: false);
        return chain.Fix($"see where one request's time goes: kip invoke {name} --trace")
            .Says(
                $"nothing of the platform makes {name} slow: {facts.Pods.Ready} pods are ready and take any number of requests; the time is the program's own",
                trouble: false);
    }

    private static Diagnosis ColdStart(string name, RevisionFacts facts, TimeSpan? program, Chain chain)
    {
        chain.Setting($"{facts.MinSource} is 0: after the stable window without a request there is no pod, and the next request waits for one to start");
        if (program > LongStart) chain.Fix("shorten the program's own start, which is most of it: less work before it listens");
        return chain.Fix("keep one: kubectl annotate revision " + facts.Name + " autoscaling.knative.dev/min-scale=1 --overwrite; what that costs: "
            + "kip simulate TRACE --service " + name + " --against min-scale=1")
            .Says($"the first request to {name} after a while is slow because it waits for a pod to start", trouble: false);
    }

    private static Diagnosis Capped(string name, RevisionFacts facts, Chain chain) =>
        chain.Setting($"{facts.MaxSource} is {facts.Max}, and {facts.Wanted} are wanted")
            .Fix($"raise max-scale: kubectl annotate revision {facts.Name} autoscaling.knative.dev/max-scale=N --overwrite")
            .Says($"{name} is slow because it may not have more pods than max-scale");

    private static (TimeSpan Platform, TimeSpan Program)? Start(WhyView seen, string revision) =>
        NotReadyCause.NewestPod(seen, revision)?.Status.Startup is { Accepted: { } accepted, Started: { } started, Ready: { } ready }
            ? (started - accepted, ready - started)
            : null;

    private static long Milliseconds(TimeSpan span) => (long)Math.Max(0, span.TotalMilliseconds);
}
