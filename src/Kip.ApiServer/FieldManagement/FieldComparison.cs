using System.Runtime.InteropServices;
using System.Text.Json;
using Kip.ApiServer.Schema;

namespace Kip.ApiServer.FieldManagement;

/// <summary>Which fields differ between two states of an object.</summary>
/// <remarks>As structured-merge-diff compares: a value that is new as a whole is added, and so is everything in it.</remarks>
internal sealed record FieldComparison(FieldSet Added, FieldSet Modified, FieldSet Removed)
{
    public static readonly FieldComparison Same = new(FieldSet.Empty, FieldSet.Empty, FieldSet.Empty);

    public bool IsSame => Added.IsEmpty && Modified.IsEmpty && Removed.IsEmpty;

    /// <summary>What whoever made the change has set.</summary>
    public FieldSet Set => Modified.Union(Added);

    public static FieldComparison Of(JsonElement old, JsonElement now, SchemaNode schema)
    {
        var found = Compare(old, now, schema, 0);
        return new(found.Added, found.Modified, found.Removed);
    }

    private static Difference Compare(JsonElement? old, JsonElement? now, SchemaNode schema, int depth)
    {
        if (old is { } a && now is { } b && HaveSameText(a, b)) return Difference.None;
        if (depth >= Shapes.MaxDepth) return Leaf(old, now);
        var (left, right) = (ShapeOf(old, schema), ShapeOf(now, schema));
        if (left is { } one && right is { } other && one != other) return Replaced(old, now, schema, depth);
        return (left ?? right ?? Shape.Leaf) switch
        {
            Shape.Leaf => Leaf(old, now),
            _ when Shapes.IsEmpty(old) && Shapes.IsEmpty(now) => Leaf(old, now),
            Shape.Map => Maps(old, now, schema, depth) with { Self = SelfOf(old, now) },
            _ => Lists(old, now, schema, depth) with { Self = SelfOf(old, now) },
        };
    }

    // Both come from one serialiser, so parts that nobody touched are the same bytes.
    private static bool HaveSameText(JsonElement a, JsonElement b) =>
        JsonMarshal.GetRawUtf8Value(a).SequenceEqual(JsonMarshal.GetRawUtf8Value(b));

    // Null takes whatever shape the other has.
    private static Shape? ShapeOf(JsonElement? value, SchemaNode schema) =>
        value is { ValueKind: not JsonValueKind.Null } some ? Shapes.Of(some, schema) : null;

    private static Change SelfOf(JsonElement? old, JsonElement? now) => old is null ? Change.Added : now is null ? Change.Removed : Change.None;

    private static Difference Leaf(JsonElement? old, JsonElement? now) => Difference.Of(
        SelfOf(old, now) is not Change.None and var change ? change
        : JsonElement.DeepEquals(old!.Value, now!.Value) ? Change.None
        : Change.Modified);

    // A value of another shape: what was below is gone, what is below is new.
    private static Difference Replaced(JsonElement? old, JsonElement? now, SchemaNode schema, int depth) => new(
        Change.Modified, Compare(null, now, schema, depth).Added, FieldSet.Empty, Compare(old, null, schema, depth).Removed);

    private static Difference Maps(JsonElement? old, JsonElement? now, SchemaNode schema, int depth)
    {
        var (before, after, parts) = (Members.Of(old), Members.Of(now), new Parts());
        var (b, a) = (0, 0);
        while (b < before.Count || a < after.Count)
        {
            var order = b == before.Count ? 1 : a == after.Count ? -1 : string.CompareOrdinal(before[b].Name, after[a].Name);
            var name = order <= 0 ? before[b].Name : after[a].Name;
            JsonElement? left = order <= 0 ? before[b++].Value : null;
            JsonElement? right = order >= 0 ? after[a++].Value : null;
            parts.Add(PathElement.Field(name), Compare(left, right, Shapes.Member(schema, name), depth + 1));
        }
        return parts.Build();
    }

    private static Difference Lists(JsonElement? old, JsonElement? now, SchemaNode schema, int depth)
    {
        var (before, after, parts) = (Grouped(old, schema), Grouped(now, schema), new Parts());
        foreach (var (element, items) in before)
            parts.Add(element, Items(items, after.GetValueOrDefault(element) ?? [], schema, depth));
        foreach (var (element, items) in after)
            if (!before.ContainsKey(element)) parts.Add(element, Items([], items, schema, depth));
        return parts.Build();
    }

    // Items that cannot be told apart have one owner: together they are one value.
    private static Difference Items(List<JsonElement> before, List<JsonElement> after, SchemaNode schema, int depth)
    {
        if (before.Count <= 1 && after.Count <= 1)
            return Compare(before.Count == 0 ? null : before[0], after.Count == 0 ? null : after[0], Shapes.Items(schema), depth + 1);
        if (before.Count == 0 || after.Count == 0) return Difference.Of(before.Count == 0 ? Change.Added : Change.Removed);
        return Difference.Of(before.SequenceEqual(after, ByContent) ? Change.None : Change.Modified);
    }

    private static readonly IEqualityComparer<JsonElement> ByContent =
        EqualityComparer<JsonElement>.Create(static (a, b) => JsonElement.DeepEquals(a, b), static _ => 0);

    private static Dictionary<PathElement, List<JsonElement>> Grouped(JsonElement? list, SchemaNode schema)
    {
        var groups = new Dictionary<PathElement, List<JsonElement>>();
        if (list is not { ValueKind: JsonValueKind.Array } items) return groups;
        foreach (var item in items.EnumerateArray())
        {
            var element = ListElements.Of(item, schema.Topology);
            if (groups.TryGetValue(element, out var same)) same.Add(item);
            else groups[element] = [item];
        }
        return groups;
    }

    private enum Change
    {
        None,
        Added,
        Modified,
        Removed,
    }

    private readonly record struct Difference(Change Self, FieldSet Added, FieldSet Modified, FieldSet Removed)
    {
        public static readonly Difference None = Of(Change.None);

        public static Difference Of(Change self) => new(self, FieldSet.Empty, FieldSet.Empty, FieldSet.Empty);
    }

    // The differences of a value's parts, gathered for the value.
    private sealed class Parts
    {
        private readonly List<FieldSetNode> _added = [];
        private readonly List<FieldSetNode> _modified = [];
        private readonly List<FieldSetNode> _removed = [];

        public void Add(PathElement element, Difference part)
        {
            Add(_added, new(element, part.Self == Change.Added, part.Added));
            Add(_modified, new(element, part.Self == Change.Modified, part.Modified));
            Add(_removed, new(element, part.Self == Change.Removed, part.Removed));
        }

        public Difference Build() => new(Change.None, FieldSet.Of(_added), FieldSet.Of(_modified), FieldSet.Of(_removed));

        private static void Add(List<FieldSetNode> to, FieldSetNode node)
        {
            if (node.IsMember || !node.Below.IsEmpty) to.Add(node);
        }
    }
}
