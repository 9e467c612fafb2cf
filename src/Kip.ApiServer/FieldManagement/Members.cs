using System.Text.Json;

namespace Kip.ApiServer.FieldManagement;

/// <summary>The members of a JSON object in order of their names, each once: of repeated names the last counts.</summary>
internal static class Members
{
    public static List<(string Name, JsonElement Value)> Of(JsonElement? value)
    {
        if (value is not { ValueKind: JsonValueKind.Object } members) return [];
        var sorted = new List<(string Name, JsonElement Value)>(members.GetPropertyCount());
        foreach (var member in members.EnumerateObject()) sorted.Add((member.Name, member.Value));
        if (IsSorted(sorted)) return sorted;
        sorted.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return IsSorted(sorted) ? sorted : LastOfEach(members);
    }

    private static bool IsSorted(List<(string Name, JsonElement Value)> members)
    {
        for (var i = 1; i < members.Count; i++)
            if (string.CompareOrdinal(members[i - 1].Name, members[i].Name) >= 0) return false;
        return true;
    }

    private static List<(string Name, JsonElement Value)> LastOfEach(JsonElement members)
    {
        var last = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in members.EnumerateObject()) last[member.Name] = member.Value;
        return [.. last.Select(static member => (member.Key, member.Value))];
    }
}
