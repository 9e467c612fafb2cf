using System.Text.Json;
using System.Text.Json.Nodes;
using Kip.Resources;

namespace Kip.Rules.Admission.Serving.Security;

/// <summary>A security context as an object to look into; it is stored as it was written.</summary>
internal static class SecurityContext
{
    /// <summary>The object; null when there is none, or when it is no JSON object.</summary>
    public static JsonObject? Of(RawJson? context)
    {
        if (context is null) return null;
        try
        {
            // Counting reads all of it: a key that is there twice is told now and not at the first look.
            return JsonNode.Parse(context.Text) is JsonObject { Count: >= 0 } read ? read : null;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return null;
        }
    }

    public static RawJson Write(JsonObject context) => new(context.ToJsonString());
}
