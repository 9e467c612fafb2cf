using Kip.Host.CommandLine;
using Kip.Resources;
using Kip.Resources.Serving;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Host.Commands;

/// <summary>Which revision <c>kip rollback</c> goes back to.</summary>
public static class RollbackChoice
{
    /// <summary>The newest ready revision that is older than the one that now gets most of the traffic.</summary>
    /// <exception cref="CommandFailure">There is no older revision that is ready.</exception>
    public static Revision Choose(Service service, IEnumerable<Revision> revisions)
    {
        var ordered = revisions.OrderByDescending(Generation).ToList();
        var serving = service.Status.Traffic.OrderByDescending(static t => t.Percent ?? 0).FirstOrDefault()?.RevisionName;
        var now = ordered.FirstOrDefault(r => r.Metadata.Name == serving);
        var older = ordered.Where(r => now is null || Generation(r) < Generation(now));
        return older.FirstOrDefault(IsReady)
            ?? throw new CommandFailure(
                $"service \"{service.Metadata.Name}\" has no older ready revision to go back to (now: {serving ?? "none"}; see: kip get revisions)");
    }

    private static bool IsReady(Revision revision) =>
        revision.Status.Conditions.Any(static c => c.Type == "Ready" && c.Status == ConditionStatus.True);

    private static int Generation(Revision revision) =>
        int.TryParse(revision.Metadata.Labels.Get("serving.knative.dev/configurationGeneration"), out var generation) ? generation : 0;
}
