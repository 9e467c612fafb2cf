using Kip.Resources;

namespace Kip.ApiServer.FieldManagement;

/// <summary>Keeps the number of owners by ordinary writes small: beyond the limit the oldest of a version share one entry, as in Kubernetes.</summary>
internal static class UpdateLimit
{
    private const int MaxUpdaters = 10;
    private const string Ancient = "ancient-changes";

    public static List<FieldOwner> Apply(List<FieldOwner> owners)
    {
        var updaters = owners.Where(static owner => !owner.IsApplier && !owner.Fields.IsEmpty)
            .OrderBy(static owner => owner.Entry.Time ?? DateTimeOffset.MinValue).ThenBy(static owner => owner.Entry.Manager, StringComparer.Ordinal).ToList();
        var surplus = updaters.Count - MaxUpdaters;
        if (surplus <= 0) return owners;

        var kept = new List<FieldOwner>(owners);
        var firsts = new Dictionary<string, FieldOwner>();
        foreach (var owner in updaters)
        {
            if (surplus == 0) break;
            var version = owner.Entry.ApiVersion ?? "";
            if (!firsts.TryGetValue(version, out var first))
            {
                firsts[version] = owner;
                continue;
            }
            // The later of the two times is the one of what is merged in.
            var bucket = FieldOwner.Of(new(Ancient, version), FieldWriter.Update, null).With(first.Fields.Union(owner.Fields));
            if (owner.Entry.Time is { } time) bucket = bucket.At(time);
            kept.Remove(first);
            kept.Remove(owner);
            kept.Add(bucket);
            firsts[version] = bucket;
            surplus--;
        }
        return kept;
    }
}
