using Kip.Resources;
using Kip.Resources.Planning;
using Kip.Resources.Serving;
using Kip.Rules.Conditions;
using Kip.Rules.Serving.Configurations;
using Kip.Rules.Serving.Routes;

namespace Kip.Rules.Serving.Services;

/// <summary>Service → Configuration and Route of the same name; the Service's status is what those two say.</summary>
public static class ServicePlanner
{
    public const string ConfigurationsReady = "ConfigurationsReady";
    public const string RoutesReady = "RoutesReady";

    public static readonly ConditionSet Conditions = ConditionSet.Living(ConfigurationsReady, RoutesReady);

    /// <summary>Decides what a Service's Configuration and Route should be, and what its status should say.</summary>
    public static Plan Plan(ServiceView seen)
    {
        var status = seen.Service.Status with { ObservedGeneration = seen.Service.Metadata.Generation };
        var conditions = Conditions.Take(status.Conditions, seen.Now);
        var edits = new List<Edit>();
        status = PlanConfiguration(seen, edits, status, ref conditions, out var goOn);
        if (goOn) status = PlanRoute(seen, edits, status, ref conditions);
        status = status with { Conditions = conditions.ToList() };
        return new Plan([.. edits], seen.Service with { Status = status })
        {
            StatusWithin = Conditions.MayWait(seen.Service.Status.Conditions, status.Conditions),
        };
    }

    private static ServiceStatus PlanConfiguration(
        ServiceView seen, List<Edit> edits, ServiceStatus status, ref LivingConditions conditions, out bool goOn)
    {
        goOn = false;
        var name = seen.Service.Metadata.Name;
        var existing = seen.Configuration;
        if (!IsOurs(seen, existing))
        {
            conditions = NotOwned(seen, edits, conditions, ConfigurationsReady, "Configuration");
            return status;
        }
        var wanted = ServiceChildren.Configuration(seen.Service, existing, IsOurs(seen, seen.Route), seen.Config);
        if (existing is null) edits.Add(new Edit.Create(wanted));
        else if (wanted != existing) edits.Add(new Edit.Update(wanted));

        if (existing is null || wanted.Spec != existing.Spec || existing.Metadata.Generation != existing.Status.ObservedGeneration)
        {
            conditions = conditions.MarkUnknown(
                ConfigurationsReady, "OutOfDate", "The Configuration is still working to reflect the latest desired specification.");
            // The Route waits when the template brings its own revision name: whether that name is free is not known yet.
            if (seen.Service.Spec.Template.Metadata.Name.Length > 0) return status;
        }
        else
        {
            conditions = conditions.Copy(ConfigurationsReady, existing.Status.Conditions.Find(ConditionSet.Ready));
            status = status with
            {
                LatestCreatedRevisionName = existing.Status.LatestCreatedRevisionName,
                LatestReadyRevisionName = existing.Status.LatestReadyRevisionName,
            };
        }
        var template = seen.Service.Spec.Template;
        goOn = existing is null || BroughtName.IsFree(template, existing, seen.NamedRevision);
        if (!goOn)
            conditions = conditions.MarkFalse(RoutesReady, "RevisionNameTaken",
                $"The revision name \"{template.Metadata.Name}\" is taken by a conflicting Revision, so traffic will not be migrated");
        return status;
    }

    private static ServiceStatus PlanRoute(ServiceView seen, List<Edit> edits, ServiceStatus status, ref LivingConditions conditions)
    {
        var existing = seen.Route;
        if (!IsOurs(seen, existing))
        {
            conditions = NotOwned(seen, edits, conditions, RoutesReady, "Route");
            return status;
        }
        var wanted = ServiceChildren.Route(seen.Service, existing);
        if (existing is null) edits.Add(new Edit.Create(wanted));
        else if (wanted != existing) edits.Add(new Edit.Update(wanted));

        if (existing is null || wanted.Spec != existing.Spec || existing.Metadata.Generation != existing.Status.ObservedGeneration)
        {
            conditions = conditions.MarkUnknown(
                RoutesReady, "OutOfDate", "The Route is still working to reflect the latest desired specification.");
            return status;
        }
        conditions = conditions.Copy(RoutesReady, existing.Status.Conditions.Find(ConditionSet.Ready));
        if (conditions.IsTrue(RoutesReady) && !HasMigrated(existing, seen.Configuration))
            conditions = conditions.MarkUnknown(RoutesReady, "TrafficNotMigrated", "Traffic is not yet migrated to the latest revision.");
        return status with { Url = existing.Status.Url, Address = existing.Status.Address, Traffic = existing.Status.Traffic };
    }

    // What is not there yet will be ours.
    private static bool IsOurs(ServiceView seen, Resource? child) => child is null || child.IsControlledBy(seen.Service);

    private static LivingConditions NotOwned(
        ServiceView seen, List<Edit> edits, LivingConditions conditions, string type, string kind)
    {
        var message = $"There is an existing {kind} \"{seen.Service.Metadata.Name}\" that we do not own.";
        if (!conditions.IsFalse(type)) edits.Add(new Edit.Record(seen.Service, "Warning", "NotOwned", message));
        return conditions.MarkFalse(type, "NotOwned", message);
    }

    // What the Route says it serves against what it was asked to, with our Configuration replaced by its latest ready Revision.
    private static bool HasMigrated(Route route, Configuration? configuration)
    {
        var wanted = route.Spec.Traffic.Select(t => t.ConfigurationName == configuration?.Metadata.Name && t.RevisionName is null
            ? t with { ConfigurationName = null, RevisionName = configuration?.Status.LatestReadyRevisionName }
            : t);
        return TrafficTargets.Merge(wanted).Select(Comparable).SequenceEqual(route.Status.Traffic.Select(Comparable));
    }

    private static TrafficTarget Comparable(TrafficTarget target) =>
        target with { Url = null, LatestRevision = null, Percent = target.Percent ?? 0 };
}
