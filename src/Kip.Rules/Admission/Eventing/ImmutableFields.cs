using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kip.Resources;

namespace Kip.Rules.Admission.Eventing;

/// <summary>Refuses changes of what must stay, and shows what would have changed.</summary>
internal static class ImmutableFields
{
    /// <summary>Says so when the two differ, in Knative's words and with the first fields that do.</summary>
    public static void Check<T>(T old, T wanted, FieldErrors errors, params ReadOnlySpan<string> fields) where T : class
    {
        if (old.Equals(wanted)) return;
        var changes = new StringBuilder();
        Compare("", Tree(old), Tree(wanted), changes);
        errors.Explain("Immutable fields changed (-old +new)", fields, changes.ToString().TrimEnd('\n'));
    }

    /// <summary>One change, laid out as Knative does it.</summary>
    public static string Change(string path, string old, string wanted) => $"{path}:\n\t-: {old}\n\t+: {wanted}";

    private static JsonNode? Tree<T>(T value) => JsonNode.Parse(JsonSerializer.SerializeToUtf8Bytes(value, WireJson.Options.GetTypeInfo(value!.GetType())));

    private static void Compare(string path, JsonNode? old, JsonNode? wanted, StringBuilder changes)
    {
        if (JsonNode.DeepEquals(old, wanted)) return;
        if (old is JsonObject before && wanted is JsonObject after)
        {
            foreach (var name in before.Select(static p => p.Key).Union(after.Select(static p => p.Key)))
                Compare(path.Length == 0 ? name : $"{path}.{name}", before[name], after[name], changes);
            return;
        }
        changes.Append(Change(path, Text(old), Text(wanted))).Append('\n');
    }

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? "\"\"";
}
