using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Autoscaling;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Controllers.Scaling.Hpa;
using Kip.Rules.Scaling;
using Kip.Rules.Scaling.Hpa;

namespace Kip.Controllers.Scaling;

/// <summary>Carries out what the autoscaler decided, and says in the PodAutoscaler's status whether the revision is active.</summary>
/// <param name="autoscaler">Decides for the class kpa.</param>
/// <param name="hpa">Decides for the class hpa. Null: such revisions are left alone.</param>
public sealed class PodAutoscalerReconciler(AutoscalerLoop autoscaler, HpaLoop? hpa = null) : IReconciler
{
    public KindDefinition Kind => PodAutoscaler.Definition;

    public void Watch(IWatchBuilder watch)
    {
        watch.Own<PodAutoscaler>();
        watch.Related<Deployment>(static d => RevisionOf(d), PodAutoscalerPlanner.Reads);
        watch.Related<Pod>(static p => RevisionOf(p));
        watch.Related<ConfigMap>(map => AutoscalerConfigSource.IsSource(map) ? autoscaler.Caches.AutoscalerKeys() : []);
        autoscaler.Decided += watch.Enqueue;
        if (hpa is not null) hpa.Decided += watch.Enqueue;
    }

    public Plan Plan(NamespacedName key, DateTimeOffset now)
    {
        // The decider lives and dies with the PodAutoscaler, and sleeps until something about it changes.
        autoscaler.Look(key);
        if (autoscaler.Caches.Autoscaler(key) is not { } seen || seen.Metadata.DeletionTimestamp is not null)
        {
            hpa?.Forget(key);
            return Resources.Planning.Plan.Nothing;
        }
        var view = autoscaler.Caches.View(seen, autoscaler.Caches.Pods(key), autoscaler.DesiredOf(key), now);
        var asked = AutoscalingAnnotations.Read(seen.Metadata.Annotations);
        if (hpa is not null && asked.IsHpa(view.Config))
        {
            hpa.Follow(key);
            return HpaPlanner.Plan(view with { Desired = hpa.DesiredOf(key) });
        }
        hpa?.Forget(key);
        return asked.IsKpa(view.Config) ? PodAutoscalerPlanner.Plan(view) : Resources.Planning.Plan.Nothing;
    }

    private static IEnumerable<NamespacedName> RevisionOf(Resource resource) =>
        resource.Metadata.Labels.TryGetValue(ScalingCaches.RevisionLabel, out var revision)
            ? [new(resource.Metadata.Namespace, revision)]
            : [];
}
