using System.Collections.Frozen;

namespace Kip.Resources;

/// <summary>What kinds and their fields are for, in words: OpenAPI and <c>kubectl explain</c> show it.</summary>
/// <remarks>
/// Kept in <c>descriptions.txt</c>, read when somebody first asks: a line that starts at the margin names a type and says what it is, an
/// indented line names one of its fields and says what that is. A field that is described nowhere has an empty description.
/// </remarks>
public static class FieldDescriptions
{
    private static readonly Lazy<FrozenDictionary<(string Type, string Field), string>> Known = new(Load);

    /// <summary>What a type is for.</summary>
    public static string Of(Type type) => Known.Value.GetValueOrDefault((NameOf(type), ""), "");

    /// <summary>What a field is for, <paramref name="field"/> named as on the wire.</summary>
    public static string Of(Type type, string field)
    {
        // What every kind has is described once, and so is what a record inherits.
        for (var owner = type; owner is not null && owner != typeof(object); owner = owner.BaseType)
            if (Known.Value.TryGetValue((NameOf(owner), field), out var text)) return text;
        return "";
    }

    /// <summary>Every description: type (<c>Serving.Service</c>), field (empty for the type itself) and text.</summary>
    public static IEnumerable<(string Type, string Field, string Text)> All => Known.Value.Select(static e => (e.Key.Type, e.Key.Field, e.Value));

    private static string NameOf(Type type)
    {
        var name = (type.FullName ?? type.Name).Replace("Kip.Resources.", "", StringComparison.Ordinal);
        var generic = name.IndexOf('`', StringComparison.Ordinal);
        return generic < 0 ? name : name[..generic];
    }

    private static FrozenDictionary<(string Type, string Field), string> Load()
    {
        using var stream = typeof(FieldDescriptions).Assembly.GetManifestResourceStream("descriptions.txt")!;
        using var reader = new StreamReader(stream);
        var known = new Dictionary<(string, string), string>();
        var type = "";
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#') continue;
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var name = line[..colon].Trim();
            var text = line[(colon + 1)..].Trim();
            if (line[0] != ' ') type = name;
            known.Add((type, line[0] == ' ' ? name : ""), text);
        }
        return known.ToFrozenDictionary();
    }
}
