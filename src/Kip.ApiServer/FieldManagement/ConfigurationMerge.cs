using System.Text.Json;
using Kip.ApiServer.Schema;

namespace Kip.ApiServer.FieldManagement;

/// <summary>Merges an applied configuration into the live object: what the configuration says wins, what it does not mention stays.</summary>
internal static class ConfigurationMerge
{
    /// <summary>Writes the merged value.</summary>
    public static void Write(Utf8JsonWriter writer, JsonElement live, JsonElement applied, SchemaNode schema)
    {
        var shape = Shapes.Of(applied, schema);
        // An empty or null configuration of something that has parts takes none of them away.
        if (Shapes.Of(live, schema) is Shape.Map or Shape.List && Shapes.IsEmpty(applied)) live.WriteTo(writer);
        else if (shape != Shapes.Of(live, schema) || shape == Shape.Leaf) applied.WriteTo(writer);
        else if (shape == Shape.Map) Map(writer, live, applied, schema);
        else List(writer, live, applied, schema);
    }

    private static void Map(Utf8JsonWriter writer, JsonElement live, JsonElement applied, SchemaNode schema)
    {
        var (before, said) = (Members.Of(live), Members.Of(applied));
        var present = before.Select(static member => member.Name).ToHashSet(StringComparer.Ordinal);
        var wanted = said.ToDictionary(static member => member.Name, static member => member.Value, StringComparer.Ordinal);
        writer.WriteStartObject();
        foreach (var (name, value) in before)
        {
            writer.WritePropertyName(name);
            if (wanted.TryGetValue(name, out var change)) Write(writer, value, change, Shapes.Member(schema, name));
            else value.WriteTo(writer);
        }
        foreach (var (name, value) in said)
        {
            if (present.Contains(name)) continue;
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
        writer.WriteEndObject();
    }

    private static void List(Utf8JsonWriter writer, JsonElement live, JsonElement applied, SchemaNode schema)
    {
        var items = Shapes.Items(schema);
        writer.WriteStartArray();
        foreach (var (before, said) in InOrder(live, applied, schema.Topology))
        {
            if (before is { } old && said is { } change) Write(writer, old, change, items);
            else (before ?? said)!.Value.WriteTo(writer);
        }
        writer.WriteEndArray();
    }

    // Kubernetes' order: what both have stands as the applier has it; what only the live list has keeps its place before the next of those,
    // and goes before what only the applier has.
    private static IEnumerable<(JsonElement? Live, JsonElement? Applied)> InOrder(JsonElement live, JsonElement applied, Topology topology)
    {
        var before = live.EnumerateArray().Select(item => (Element: ListElements.Of(item, topology), Item: item)).ToList();
        var said = applied.EnumerateArray().Select(item => (Element: ListElements.Of(item, topology), Item: item)).ToList();
        var (named, present) = (said.Select(static entry => entry.Element).ToHashSet(), new Dictionary<PathElement, JsonElement>());
        foreach (var (element, item) in before) present.TryAdd(element, item);
        var shared = new Queue<PathElement>(said.Select(static entry => entry.Element).Where(present.ContainsKey));

        var l = 0;
        foreach (var (element, item) in said)
        {
            for (; l < before.Count && !IsNext(before[l].Element); l++)
                if (!named.Contains(before[l].Element)) yield return (before[l].Item, null);
            var isShared = present.TryGetValue(element, out var old);
            yield return (isShared ? old : null, item);
            if (!isShared) continue;
            shared.Dequeue();
            if (l < before.Count && before[l].Element == element) l++;
        }
        for (; l < before.Count; l++)
            if (!named.Contains(before[l].Element)) yield return (before[l].Item, null);

        bool IsNext(PathElement element) => shared.TryPeek(out var next) && next == element;
    }
}
