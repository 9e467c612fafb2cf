using System.Text.Json;

namespace Kip.Resources.Yaml;

/// <summary>Turns nodes into JSON and back.</summary>
internal static class NodeJson
{
    /// <summary>The node as UTF-8 JSON.</summary>
    public static byte[] Write(DocumentNode node)
    {
        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer)) Write(writer, node);
        return buffer.ToArray();
    }

    public static DocumentNode From(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => new MapNode(0) { Entries = [.. element.EnumerateObject().Select(static p => new MapEntry(p.Name, 0, From(p.Value)))] },
        JsonValueKind.Array => new ListNode(0) { Items = [.. element.EnumerateArray().Select(From)] },
        JsonValueKind.String => ScalarNode.String(element.GetString()!),
        JsonValueKind.Number => new ScalarNode(0, ScalarKind.Float, element.GetRawText(), element.GetRawText()),
        JsonValueKind.Null or JsonValueKind.Undefined => new ScalarNode(0, ScalarKind.Null, "null", "null"),
        _ => new ScalarNode(0, ScalarKind.Bool, element.GetRawText(), element.GetRawText()),
    };

    private static void Write(Utf8JsonWriter writer, DocumentNode node)
    {
        switch (node)
        {
            case MapNode map:
                writer.WriteStartObject();
                foreach (var (key, _, value) in map.Entries)
                {
                    writer.WritePropertyName(key);
                    Write(writer, value);
                }
                writer.WriteEndObject();
                break;
            case ListNode list:
                writer.WriteStartArray();
                foreach (var item in list.Items) Write(writer, item);
                writer.WriteEndArray();
                break;
            case ScalarNode { Kind: ScalarKind.String } text:
                writer.WriteStringValue(text.Text);
                break;
            case ScalarNode scalar:
                writer.WriteRawValue(scalar.Text);
                break;
        }
    }
}
