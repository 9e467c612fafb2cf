using Kip.Resources;
using Kip.Resources.Planning;
using Kip.Resources.Serving;
using Kip.Rules.Conditions;

namespace Kip.Rules.Serving.Configurations;

/// <summary>Configuration → one Revision per generation; keeps track of the latest made and the latest that became ready.</summary>
public static class ConfigurationPlanner
{
    public static readonly ConditionSet Conditions = ConditionSet.Living();

    /// <summary>Decides which Revision the Configuration needs next and what its status should say.</summary>
    public static Plan Plan(ConfigurationView seen)
    {
        var configuration = seen.Configuration;
        var conditions = Conditions.Take(configuration.Status.Conditions, seen.Now);
        var status = configuration.Status with { ObservedGeneration = configuration.Metadata.Generation };
        var edits = new List<Edit>();

        var latest = FindLatest(seen);
        if (latest is null && !BroughtName.IsFree(configuration.Spec.Template, configuration, seen.NamedRevision))
        {
            conditions = conditions.MarkFalse(ConditionSet.Ready, "RevisionFailed",
                "Revision creation failed with message: "
                + $"revisions.serving.knative.dev \"{configuration.Spec.Template.Metadata.Name}\" already exists.");
            return Conclude(seen, edits, status, conditions);
        }
        if (latest is null)
        {
            latest = RevisionOfConfiguration.Make(configuration, seen.Now);
            edits.Add(new Edit.Create(latest));
        }
        status = status with { LatestCreatedRevisionName = latest.Metadata.Name };
        if (status.LatestReadyRevisionName != latest.Metadata.Name) conditions = conditions.MarkUnknown(ConditionSet.Ready, null, null);

        conditions = JudgeLatest(seen, edits, latest, conditions);
        if (FindReady(seen, status.LatestReadyRevisionName) is { } ready)
        {
            // The first one is no news: it is what everybody waits for and looks at.
            if (ready != status.LatestReadyRevisionName && !string.IsNullOrEmpty(status.LatestReadyRevisionName))
                edits.Add(new Edit.Record(configuration, "Normal", "LatestReadyUpdate", $"LatestReadyRevisionName updated to \"{ready}\""));
            status = status with { LatestReadyRevisionName = ready };
            if (ready == latest.Metadata.Name) conditions = conditions.MarkTrue(ConditionSet.Ready);
        }
        return Conclude(seen, edits, status, conditions);
    }

    // By its own name when the template brings one, else by the generation it was made for.
    private static Revision? FindLatest(ConfigurationView seen)
    {
        var template = seen.Configuration.Spec.Template;
        if (template.Metadata.Name.Length > 0)
            return seen.NamedRevision is { } named && BroughtName.IsFree(template, seen.Configuration, named) ? named : null;
        var generation = seen.Configuration.Metadata.Generation;
        Revision? found = null;
        foreach (var revision in seen.Revisions)
            if (RevisionGeneration.Of(revision) == generation
                && (found is null || string.CompareOrdinal(revision.Metadata.Name, found.Metadata.Name) < 0)) found = revision;
        return found;
    }

    private static LivingConditions JudgeLatest(ConfigurationView seen, List<Edit> edits, Revision latest, LivingConditions conditions)
    {
        if (latest.Status.Conditions.Find(ConditionSet.Ready) is not { Status: ConditionStatus.False } failed) return conditions;
        var message = $"Revision \"{latest.Metadata.Name}\" failed with message: {failed.Message}.";
        if (seen.Configuration.Status.Conditions.Find(ConditionSet.Ready)?.Message != message)
        {
            // A Revision that had been ready is another story for the reader than one that never was.
            var reason = seen.Configuration.Status.LatestReadyRevisionName == latest.Metadata.Name
                ? "LatestReadyFailed"
                : "LatestCreatedFailed";
            edits.Add(new Edit.Record(seen.Configuration, "Warning", reason, message));
        }
        return conditions.MarkFalse(ConditionSet.Ready, "RevisionFailed", message);
    }

    // The newest ready one between the latest known to be ready and now; so readiness may skip generations but not go back.
    private static string? FindReady(ConfigurationView seen, string? known)
    {
        var knownGeneration = seen.Revisions.FirstOrDefault(r => r.Metadata.Name == known) is { } ready ? RevisionGeneration.Of(ready) : 0;
        var named = seen.Configuration.Spec.Template.Metadata.Name;
        return seen.Revisions
            .Where(r => IsReady(r)
                && (r.Metadata.Name == named || IsBetween(RevisionGeneration.Of(r), knownGeneration, seen.Configuration)))
            .OrderByDescending(r => r.Metadata.Name == named)
            .ThenByDescending(RevisionGeneration.Of)
            .ThenBy(static r => r.Metadata.Name, StringComparer.Ordinal)
            .FirstOrDefault()?.Metadata.Name;
    }

    private static bool IsBetween(long generation, long known, Configuration configuration) =>
        generation >= known && generation <= configuration.Metadata.Generation;

    private static bool IsReady(Revision revision) =>
        revision.Status.Conditions.IsTrue(ConditionSet.Ready) && revision.Status.ObservedGeneration == revision.Metadata.Generation;

    private static Plan Conclude(ConfigurationView seen, List<Edit> edits, ConfigurationStatus status, LivingConditions conditions)
    {
        var configuration = seen.Configuration;
        status = status with { Conditions = conditions.ToList() };
        return new([.. edits], configuration with { Status = status })
        {
            StatusWithin = IsAwaited(configuration) ? null : Conditions.MayWait(configuration.Status.Conditions, status.Conditions),
        };
    }

    // Others wait for the name of the Revision made: a Service whether the name it brought was free, a Route that is not of the same Service to mark it.
    private static bool IsAwaited(Configuration configuration) =>
        configuration.Spec.Template.Metadata.Name.Length > 0 || configuration.Metadata.Annotations.Get(ServingAnnotations.Routes) is null;
}
