using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Planning;
using Kip.Resources.Serving;
using Kip.Rules.Conditions;

namespace Kip.Rules.Serving.Revisions;

/// <summary>Revision → Deployment and PodAutoscaler; its status is what the Deployment, its pods and the autoscaler show.</summary>
public static class RevisionPlanner
{
    public const string ResourcesAvailable = "ResourcesAvailable";
    public const string ContainerHealthy = "ContainerHealthy";

    /// <summary>Whether the Revision has pods or gets them; informational, so a Revision asleep stays Ready.</summary>
    public const string Active = "Active";
    public const string Deploying = "Deploying";

    // A bundle built later heals the Revision; asking costs a look at a file.
    private static readonly TimeSpan DigestRetry = TimeSpan.FromSeconds(1);

    public static readonly ConditionSet Conditions = ConditionSet.Living(ResourcesAvailable, ContainerHealthy);

    /// <summary>Decides what a Revision's Deployment and PodAutoscaler should be, and what its status should say.</summary>
    public static Plan Plan(RevisionView seen)
    {
        var conditions = Conditions.Take(seen.Revision.Status.Conditions, seen.Now);
        var status = seen.Revision.Status with { ObservedGeneration = seen.Revision.Metadata.Generation, LogUrl = LogUrl(seen) };

        // 1. The content to run.
        status = RevisionImages.Resolve(seen, status, out var failure);
        if (failure is not null)
            return Conclude(seen, [], status,
                conditions.MarkFalse(ContainerHealthy, "ContainerMissing", failure)) with { RequeueAfter = DigestRetry };
        if (seen.AwaitsDigests && status.ContainerStatuses.IsEmpty)
            return Conclude(seen, [], status, conditions.MarkUnknown(ResourcesAvailable, "ResolvingDigests", null));
        seen = seen with { Revision = seen.Revision with { Status = status } };

        // 2. The Deployment, and what it and its pods show.
        var edits = new List<Edit>();
        var labels = RevisionMetadata.Labels(seen.Revision);
        if (!PlanDeployment(seen, labels, edits, ref conditions)) return Conclude(seen, edits, status, conditions);

        // 3. The PodAutoscaler, and what it shows.
        var existing = seen.PodAutoscaler;
        if (existing is not null && !existing.IsControlledBy(seen.Revision))
            return Conclude(seen, edits, status, NotOwned(conditions, "PodAutoscaler", existing.Metadata.Name));
        var wanted = RevisionAutoscaler.Make(seen.Revision, existing, labels, seen.Deployment, conditions, seen.Config);
        if (existing is null) edits.Add(new Edit.Create(wanted));
        else if (wanted != existing) edits.Add(new Edit.Update(wanted));
        status = RevisionHealth.FromAutoscaler(existing, status, ref conditions);
        return Conclude(seen, edits, status, conditions);
    }

    /// <summary>Whether anything that is read of a Deployment differs: not what others note in its annotations.</summary>
    public static bool Reads(Deployment before, Deployment now) =>
        before.Spec != now.Spec || before.Status != now.Status || before.Metadata.Labels != now.Metadata.Labels
            || before.Metadata.OwnerReferences != now.Metadata.OwnerReferences;

    private static bool PlanDeployment(RevisionView seen, StringMap labels, List<Edit> edits, ref LivingConditions conditions)
    {
        var existing = seen.Deployment;
        if (existing is not null && !existing.IsControlledBy(seen.Revision))
        {
            conditions = NotOwned(conditions, "Deployment", existing.Metadata.Name);
            return false;
        }
        if (existing is null || seen.Known?.IsOf(seen.Revision, seen.Config, existing) != true)
        {
            var wanted = RevisionDeployment.Make(seen.Revision, labels, seen.Config);
            seen.Known?.Remember(seen.Revision, seen.Config, wanted);
            if (existing is null)
            {
                edits.Add(new Edit.Create(wanted));
                conditions = conditions.MarkUnknown(ResourcesAvailable, Deploying, null).MarkUnknown(ContainerHealthy, Deploying, null);
                return true;
            }
            if (RevisionDeployment.Differs(wanted, existing)) edits.Add(new Edit.Update(RevisionDeployment.Update(wanted, existing)));
        }
        conditions = RevisionHealth.FromDeployment(existing, conditions);
        conditions = RevisionHealth.FromPods(existing, seen.Pods, seen.Config.Deployment, conditions);
        return true;
    }

    private static LivingConditions NotOwned(LivingConditions conditions, string kind, string name) =>
        conditions.MarkFalse(ResourcesAvailable, "NotOwned", $"There is an existing {kind} \"{name}\" that we do not own.");

    private static string? LogUrl(RevisionView seen) =>
        seen.Config.Platform["config-observability"].Get("logging.revision-url-template") is { Length: > 0 } template
            ? template.Replace("${REVISION_UID}", seen.Revision.Metadata.Uid, StringComparison.Ordinal)
            : null;

    private static Plan Conclude(RevisionView seen, List<Edit> edits, RevisionStatus status, LivingConditions conditions)
    {
        // A recovery is news; that a new Revision became ready is in its status, and an Event for each would weigh more than the Revision
        // asleep.
        if (conditions.IsTrue(ConditionSet.Ready) && seen.Revision.Status.Conditions.IsFalse(ConditionSet.Ready))
            edits.Add(new Edit.Record(seen.Revision, "Normal", "RevisionReady", "Revision becomes ready upon all resources being ready"));
        status = status with { Conditions = conditions.ToList() };
        // What a name was found to stand for counts from now on, and must not be looked up another time.
        var mayWait = seen.Digests.IsEmpty ? Conditions.MayWait(seen.Revision.Status.Conditions, status.Conditions) : null;
        return new Plan([.. edits], seen.Revision with { Status = status }) { StatusWithin = mayWait };
    }
}
