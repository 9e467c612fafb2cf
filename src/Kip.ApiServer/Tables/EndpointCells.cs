namespace Kip.ApiServer.Tables;

/// <summary>What a table says of EndpointSlices.</summary>
internal static class EndpointCells
{
    private const int Shown = 3;

    /// <summary>The first three, and how many more there are, as kubectl does.</summary>
    public static string Few(IEnumerable<string> items, string none)
    {
        var all = items.ToList();
        if (all.Count == 0) return none;
        var text = string.Join(',', all.Take(Shown));
        return all.Count > Shown ? $"{text} + {all.Count - Shown} more..." : text;
    }
}
