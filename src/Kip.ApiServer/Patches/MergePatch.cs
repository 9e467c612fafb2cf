using System.Text.Json.Nodes;

namespace Kip.ApiServer.Patches;

/// <summary>Applies a JSON Merge Patch (RFC 7386): objects merge, null removes, everything else replaces.</summary>
public static class MergePatch
{
    /// <summary>The document with the patch applied; neither is changed.</summary>
    public static JsonNode? Apply(JsonNode? document, JsonNode? patch) => Merge(document?.DeepClone(), patch);

    private static JsonNode? Merge(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes) return patch?.DeepClone();
        var merged = target as JsonObject ?? [];
        foreach (var (name, change) in changes)
        {
            merged.Remove(name, out var old);
            if (change is not null) merged[name] = Merge(old, change);
        }
        return merged;
    }
}
