namespace Kip.Client.Manifests;

/// <summary>Finds the name somebody probably meant.</summary>
internal static class NearestName
{
    /// <summary>The nearest of the known names, when it is near enough to be a slip; else null.</summary>
    public static string? Of(string written, IEnumerable<string> known)
    {
        var best = known.Select(name => (Name: name, Distance: Distance(written, name))).OrderBy(static c => c.Distance).FirstOrDefault();
        return best.Name is not null && best.Distance <= Math.Max(1, written.Length / 3) ? best.Name : null;
    }

    // Levenshtein's distance, blind to case: letters added, dropped or changed.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]);
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (same ? 0 : 1)));
            }
        }
        return row[b.Length];
    }
}
