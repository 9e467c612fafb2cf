using Kip.Host.CommandLine;
using Kip.Resources;
using Kip.Resources.Serving;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Host.Commands.Traffic;

/// <summary>Which revision <c>kip rollback</c> goes back to.</summary>
public static class RollbackChoice
{
    /// <summary>The newest ready revision that is older than the newest one with traffic: of a split, what the new one is taken back to.</summary>
    /// <exception cref="CommandFailure">There is no older revision that is ready.</exception>
    public static Revision Choose(Service service, IEnumerable<Revision> revisions)
    {
        var ordered = revisions.OrderByDescending(Generation).ToList();
        var serving = service.Status.Traffic.Where(static t => t.Percent > 0).Select(static t => t.RevisionName).ToHashSet();
        var now = ordered.FirstOrDefault(r => serving.Contains(r.Metadata.Name));
        var older = ordered.Where(r => now is null || Generation(r) < Generation(now));
        return older.FirstOrDefault(IsReady)
            ?? throw new CommandFailure(
                $"service \"{service.Metadata.Name}\" has no older ready revision to go back to (now: {now?.Metadata.Name ?? "none"}; see: kip get revisions)");
    }

    private static bool IsReady(Revision revision) =>
        revision.Status.Conditions.IsTrue("Ready");

    private static int Generation(Revision revision) =>
        int.TryParse(revision.Metadata.Labels.Get("serving.knative.dev/configurationGeneration"), out var generation) ? generation : 0;
}
