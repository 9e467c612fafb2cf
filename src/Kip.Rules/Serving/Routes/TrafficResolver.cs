using Kip.Resources;
using Kip.Resources.Serving;
using Kip.Rules.Conditions;
using Kip.Rules.Serving.Revisions;

namespace Kip.Rules.Serving.Routes;

/// <summary>Turns a Route's targets into Revisions, or says which target stands in the way.</summary>
public static class TrafficResolver
{
    /// <summary>Looks up every target; a failure outweighs something that is not ready yet.</summary>
    public static TrafficResolution Resolve(RouteView seen)
    {
        var targets = new List<ResolvedTarget>();
        TrafficProblem? problem = null;
        foreach (var target in seen.Route.Spec.Traffic)
        {
            var found = ResolveOne(seen, target, out var wrong);
            if (found is not null) targets.Add(found);
            else if (problem is null || (wrong!.Status == ConditionStatus.False && problem.Status != ConditionStatus.False))
                problem = wrong;
        }
        return problem is null ? new TrafficResolution([.. targets], null) : new TrafficResolution([], problem);
    }

    private static ResolvedTarget? ResolveOne(RouteView seen, TrafficTarget target, out TrafficProblem? wrong)
    {
        string? revisionName = target.RevisionName;
        if (!string.IsNullOrEmpty(target.ConfigurationName))
        {
            if (seen.FindConfiguration(target.ConfigurationName) is not { } configuration)
            {
                wrong = TrafficProblem.Missing("Configuration", target.ConfigurationName);
                return null;
            }
            revisionName = configuration.Status.LatestReadyRevisionName;
            if (string.IsNullOrEmpty(revisionName))
            {
                wrong = TrafficProblem.NotReady(configuration);
                return null;
            }
        }
        if (string.IsNullOrEmpty(revisionName) || seen.FindRevision(revisionName) is not { } revision)
        {
            wrong = TrafficProblem.Missing("Revision", revisionName ?? "");
            return null;
        }
        wrong = NotOwned(seen.Route, revision) ?? (IsReady(revision) ? null : TrafficProblem.NotReady(revision));
        return wrong is null ? new ResolvedTarget(Resolved(target, revisionName), RevisionProtocol.Of(revision.Spec),
                string.IsNullOrEmpty(target.ConfigurationName) ? null : target.ConfigurationName) : null;
    }

    // A Service's Route serves that Service's Revisions only; a Route of its own may mix.
    private static TrafficProblem? NotOwned(Route route, Revision revision)
    {
        if (route.Metadata.Labels.Get(ServingLabels.Service) is not { } wanted) return null;
        var owner = revision.Metadata.Labels.Get(ServingLabels.Service);
        if (owner == wanted) return null;
        return new TrafficProblem(ConditionStatus.False, "RevisionNotOwned", owner is null
            ? $"Revision \"{revision.Metadata.Name}\" does not belong to Service \"{wanted}\"."
            : $"Revision \"{revision.Metadata.Name}\" belongs to Service \"{owner}\", not Service \"{wanted}\".");
    }

    private static bool IsReady(Revision revision) =>
        revision.Status.Conditions.IsTrue(ConditionSet.Ready) && revision.Status.ObservedGeneration == revision.Metadata.Generation;

    private static TrafficTarget Resolved(TrafficTarget target, string revisionName) => target with
    {
        ConfigurationName = null,
        RevisionName = revisionName,
        LatestRevision = target.LatestRevision ?? string.IsNullOrEmpty(target.RevisionName),
        Percent = target.Percent ?? 0,
        Url = null,
    };
}
