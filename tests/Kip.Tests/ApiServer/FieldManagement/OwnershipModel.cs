using System.Text.Json;
using Kip.ApiServer.Schema;

namespace Kip.Tests.ApiServer.FieldManagement;

/// <summary>Ownership as a person would keep it on paper: which paths there are, and who owns them. Slow and small.</summary>
internal sealed class OwnershipModel(SchemaNode schema)
{
    private const string Whole = "(an item or entry)";

    /// <summary>Every leaf, every item of a list and every entry of a map, by its path.</summary>
    public SortedDictionary<string, string> Values { get; private set; } = new(StringComparer.Ordinal);

    /// <summary>What each writer owns.</summary>
    public SortedDictionary<string, HashSet<string>> Owners { get; } = new(StringComparer.Ordinal);

    /// <summary>Fields that only hold others; that somebody made one is noted too, but not here.</summary>
    public HashSet<string> Holders { get; } = [];

    /// <summary>What an apply would conflict with: writer and path.</summary>
    public IEnumerable<string> Conflicts(string writer, JsonElement configuration)
    {
        var said = Flatten(configuration);
        return Owners.Where(owner => owner.Key != writer)
            .SelectMany(owner => owner.Value
                .Where(path => said.TryGetValue(path, out var value) && Values[path] != value).Select(path => $"{owner.Key} {path}"));
    }

    public void Apply(string writer, JsonElement configuration)
    {
        var said = Flatten(configuration);
        var former = Owners.GetValueOrDefault(writer) ?? [];
        foreach (var (path, value) in said)
        {
            if (Values.TryGetValue(path, out var present) && present != value) Lose(path, except: writer);
            Values[path] = value;
        }
        Owners[writer] = [.. said.Keys];
        foreach (var path in former.Except(said.Keys))
            if (!Owners.Any(owner => owner.Value.Contains(path))) Remove(path);
        Forget();
    }

    public void Update(string writer, JsonElement wanted)
    {
        var now = Flatten(wanted);
        var changed = now.Where(entry => !Values.TryGetValue(entry.Key, out var present) || present != entry.Value).Select(static entry => entry.Key).ToList();
        foreach (var path in changed.Concat(Values.Keys.Except(now.Keys))) Lose(path, except: null);
        if (changed.Count > 0)
        {
            if (!Owners.TryGetValue(writer, out var own)) Owners[writer] = own = [];
            own.UnionWith(changed);
        }
        Values = now;
        Forget();
    }

    /// <summary>An object's leaves, items and entries.</summary>
    public SortedDictionary<string, string> Flatten(JsonElement value)
    {
        var paths = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Flatten(value, schema, "", paths);
        return paths;
    }

    private void Flatten(JsonElement value, SchemaNode node, string path, SortedDictionary<string, string> paths)
    {
        switch (node.Type, node.Topology.Kind)
        {
            case (SchemaType.Object, _):
                foreach (var field in value.EnumerateObject())
                {
                    var (at, inner) = ($"{path}.{field.Name}", node.Field(field.Name)!.Node);
                    if (inner.Type is SchemaType.Object or SchemaType.Map || inner.Topology != Topology.Default) Holders.Add(at);
                    Flatten(field.Value, inner, at, paths);
                }
                break;
            case (SchemaType.Map, _):
                foreach (var entry in value.EnumerateObject()) Part($"{path}.{entry.Name}", entry.Value);
                break;
            case (SchemaType.Array, TopologyKind.Map):
                foreach (var item in value.EnumerateArray()) Part($"{path}[name={item.GetProperty("name").GetRawText()}]", item);
                break;
            case (SchemaType.Array, TopologyKind.Set):
                foreach (var item in value.EnumerateArray()) paths[$"{path}[={item.GetRawText()}]"] = Whole;
                break;
            default:
                paths[path] = value.GetRawText();
                break;
        }

        void Part(string at, JsonElement part)
        {
            paths[at] = Whole;
            Flatten(part, node.Items!, at, paths);
        }
    }

    private void Lose(string path, string? except)
    {
        foreach (var (writer, paths) in Owners)
            if (writer != except) paths.Remove(path);
    }

    // An item that goes takes along what is in it, whoever owns that.
    private void Remove(string path)
    {
        foreach (var below in Values.Keys.Where(other => IsWithin(other, path)).ToList())
        {
            Values.Remove(below);
            Lose(below, except: null);
        }
    }

    private static bool IsWithin(string path, string other) =>
        path.StartsWith(other, StringComparison.Ordinal) && (path.Length == other.Length || path[other.Length] is '.' or '[');

    private void Forget()
    {
        foreach (var (writer, paths) in Owners.ToList())
            if (paths.Count == 0) Owners.Remove(writer);
    }
}
