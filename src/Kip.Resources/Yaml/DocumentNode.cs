namespace Kip.Resources.Yaml;

/// <summary>A piece of a YAML or JSON document, with the line it begins on (1 is the first).</summary>
internal abstract record DocumentNode(int Line);

/// <summary>A mapping, in the order in which it was written.</summary>
internal sealed record MapNode(int Line) : DocumentNode(Line)
{
    public List<MapEntry> Entries { get; init; } = [];

    public DocumentNode? Get(string key) => Entries.Find(e => e.Key == key)?.Value;

    /// <summary>The text of a scalar entry; null when there is none or it is null.</summary>
    public string? Text(string key) => Get(key) is ScalarNode { Kind: not ScalarKind.Null } scalar ? scalar.Text : null;

    /// <summary>Sets an entry, in its old place if it was there.</summary>
    public void Set(string key, DocumentNode value)
    {
        var at = Entries.FindIndex(e => e.Key == key);
        if (at < 0) Entries.Add(new(key, Line, value));
        else Entries[at] = new(key, Line, value);
    }
}

internal sealed record MapEntry(string Key, int Line, DocumentNode Value);

internal sealed record ListNode(int Line) : DocumentNode(Line)
{
    public List<DocumentNode> Items { get; init; } = [];
}

/// <summary>A single value: for a string its text, for the others their JSON form; <paramref name="Written"/> is how it stood in the file.</summary>
internal sealed record ScalarNode(int Line, ScalarKind Kind, string Text, string Written) : DocumentNode(Line)
{
    public static ScalarNode String(string text) => new(0, ScalarKind.String, text, text);
}

internal enum ScalarKind
{
    Null,
    Bool,
    Integer,
    Float,
    String,
}
