using System.Text.Json.Nodes;

namespace Kip.ApiServer.Patches;

/// <summary>Merges the lists of a strategic merge patch, and puts the result in the order that the sender sees.</summary>
internal static class StrategicList
{
    /// <summary>Merges lists of objects that a key tells apart; what the patch does not name stays.</summary>
    public static JsonArray MergeByKey(
        JsonArray original, JsonArray patch, string key, JsonArray? order, Func<JsonObject, JsonObject, JsonObject> merge)
    {
        var replace = patch.Any(static item => item is JsonObject entry && StrategicMergePatch.DirectiveOf(entry) == "replace");
        var result = new List<JsonNode?>(replace ? [] : original.Select(static item => item?.DeepClone()));
        foreach (var item in patch)
        {
            if (item is not JsonObject entry) throw PatchException.Malformed($"an entry of a list that merges by \"{key}\" is an object");
            var directive = StrategicMergePatch.DirectiveOf(entry);
            if (directive == "replace") continue;
            if (!entry.TryGetPropertyValue(key, out var id) || id is null)
                throw PatchException.Malformed($"map: {entry.ToJsonString()} does not contain declared merge key: {key}");
            if (directive == "delete") result.RemoveAll(other => Is(other, key, id));
            else Put(result, entry, key, id, merge);
        }
        return InOrder(result, original, order, item => item is JsonObject entry ? entry[key] : null);
    }

    /// <summary>Merges lists of scalars as sets: what is new is added at the end.</summary>
    public static JsonArray MergeAsSet(JsonArray original, JsonArray patch, JsonArray? order)
    {
        var result = new List<JsonNode?>(original.Select(static item => item?.DeepClone()));
        foreach (var item in patch)
            if (!result.Any(other => JsonNode.DeepEquals(other, item))) result.Add(item?.DeepClone());
        return InOrder(result, original, order, static item => item);
    }

    private static void Put(
        List<JsonNode?> result, JsonObject entry, string key, JsonNode id, Func<JsonObject, JsonObject, JsonObject> merge)
    {
        var at = result.FindIndex(other => Is(other, key, id));
        var merged = merge(at < 0 ? [] : (JsonObject)result[at]!, entry);
        if (at < 0) result.Add(merged);
        else result[at] = merged;
    }

    private static bool Is(JsonNode? item, string key, JsonNode id) => item is JsonObject entry && JsonNode.DeepEquals(entry[key], id);

    // The sender's order rules for what it names. What only the server has keeps its place relative to its old neighbours.
    private static JsonArray InOrder(List<JsonNode?> items, JsonArray original, JsonArray? order, Func<JsonNode?, JsonNode?> keyOf)
    {
        if (order is null) return new JsonArray([.. items]);
        var wanted = Positions(order, keyOf);
        var before = Positions(original, keyOf);
        var named = items.Where(item => wanted.ContainsKey(Text(keyOf(item)))).OrderBy(item => wanted[Text(keyOf(item))]).ToList();
        var others = items.Where(item => !wanted.ContainsKey(Text(keyOf(item)))).ToList();

        var result = new JsonArray();
        var next = 0;
        foreach (var other in others)
        {
            while (next < named.Count && OldPlace(named[next]) < OldPlace(other)) result.Add(named[next++]);
            result.Add(other);
        }
        while (next < named.Count) result.Add(named[next++]);
        return result;

        int OldPlace(JsonNode? item) => before.GetValueOrDefault(Text(keyOf(item)), int.MaxValue);
    }

    private static Dictionary<string, int> Positions(JsonArray list, Func<JsonNode?, JsonNode?> keyOf)
    {
        var positions = new Dictionary<string, int>();
        foreach (var item in list) positions.TryAdd(Text(keyOf(item)), positions.Count);
        return positions;
    }

    private static string Text(JsonNode? key) => key?.ToJsonString() ?? "null";
}
