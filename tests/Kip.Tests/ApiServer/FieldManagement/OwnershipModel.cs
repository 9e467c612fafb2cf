using System.Text.Json;

namespace Kip.Tests.ApiServer.FieldManagement;

/// <summary>Ownership as a person would keep it on paper: which paths there are, and who owns them. Slow and small.</summary>
internal sealed class OwnershipModel
{
    /// <summary>Every leaf and every item of a list, by its path.</summary>
    public SortedDictionary<string, string> Values { get; private set; } = new(StringComparer.Ordinal);

    /// <summary>What each writer owns.</summary>
    public SortedDictionary<string, HashSet<string>> Owners { get; } = new(StringComparer.Ordinal);

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
        var removed = Values.Keys.Except(now.Keys).ToList();
        foreach (var path in changed.Concat(removed)) Lose(path, except: null);
        if (changed.Count > 0)
        {
            if (!Owners.TryGetValue(writer, out var own)) Owners[writer] = own = [];
            own.UnionWith(changed);
        }
        Values = now;
        Forget();
    }

    /// <summary>The leaves and items of an object of <see cref="OwnershipModelTests"/>' schema.</summary>
    public static SortedDictionary<string, string> Flatten(JsonElement value)
    {
        var paths = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            switch (member.Name)
            {
                case "m":
                    foreach (var entry in member.Value.EnumerateObject()) paths[$".m.{entry.Name}"] = entry.Value.GetRawText();
                    break;
                case "s":
                    foreach (var item in member.Value.EnumerateArray()) paths[$".s[={item.GetRawText()}]"] = "item";
                    break;
                case "l":
                    foreach (var item in member.Value.EnumerateArray())
                    {
                        var at = $".l[name={item.GetProperty("name").GetRawText()}]";
                        paths[at] = "item";
                        foreach (var field in item.EnumerateObject()) paths[$"{at}.{field.Name}"] = field.Value.GetRawText();
                    }
                    break;
                default:
                    paths[$".{member.Name}"] = member.Value.GetRawText();
                    break;
            }
        }
        return paths;
    }

    private void Lose(string path, string? except)
    {
        foreach (var (writer, paths) in Owners)
            if (writer != except) paths.Remove(path);
    }

    // An item that goes takes along what is in it, whoever owns that.
    private void Remove(string path)
    {
        foreach (var below in Values.Keys.Where(other => other == path || other.StartsWith(path + ".", StringComparison.Ordinal)).ToList())
        {
            Values.Remove(below);
            Lose(below, except: null);
        }
    }

    private void Forget()
    {
        foreach (var (writer, paths) in Owners.ToList())
            if (paths.Count == 0) Owners.Remove(writer);
    }
}
