using System.Globalization;
using System.Text.Json.Nodes;

namespace Kip.ApiServer.Patches;

/// <summary>A place in a document (RFC 6901).</summary>
public sealed class JsonPointer
{
    private readonly string[] _tokens;

    private JsonPointer(string text, string[] tokens) => (Text, _tokens) = (text, tokens);

    /// <summary>The pointer as it was written.</summary>
    public string Text { get; }

    /// <summary>Whether it names the whole document.</summary>
    public bool IsRoot => _tokens.Length == 0;

    /// <summary>The last step: a member's name, an index, or <c>-</c> for the end of an array.</summary>
    public string Last => _tokens[^1];

    /// <summary>Reads a pointer.</summary>
    /// <exception cref="PatchException">It is not one.</exception>
    public static JsonPointer Parse(string text)
    {
        if (text.Length == 0) return new(text, []);
        if (text[0] != '/') throw PatchException.Malformed($"a path must begin with '/': {text}");
        var tokens = text[1..].Split('/');
        for (var i = 0; i < tokens.Length; i++)
            tokens[i] = tokens[i].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        return new(text, tokens);
    }

    /// <summary>Whether another place lies inside this one.</summary>
    public bool IsAbove(JsonPointer other) =>
        other._tokens.Length > _tokens.Length && other._tokens.AsSpan(0, _tokens.Length).SequenceEqual(_tokens);

    /// <summary>The value at this place.</summary>
    /// <exception cref="PatchException">There is no such place.</exception>
    public JsonNode? Read(JsonNode? document)
    {
        var node = document;
        foreach (var token in _tokens) node = Step(node, token);
        return node;
    }

    /// <summary>The object or array that holds this place.</summary>
    /// <exception cref="PatchException">There is none.</exception>
    public JsonNode Parent(JsonNode? document)
    {
        var node = document;
        foreach (var token in _tokens.AsSpan(0, _tokens.Length - 1)) node = Step(node, token);
        return node is JsonObject or JsonArray ? node : throw Missing();
    }

    /// <summary>The last step as a position in an array of this length.</summary>
    /// <param name="length">The array's length.</param>
    /// <param name="insert">Whether one past the end, also written <c>-</c>, will do.</param>
    /// <exception cref="PatchException">It is not a position there.</exception>
    public int Index(int length, bool insert)
    {
        if (insert && Last == "-") return length;
        return Number(Last) is { } index && index < (insert ? length + 1 : length) ? index : throw Missing();
    }

    private JsonNode? Step(JsonNode? node, string token) => node switch
    {
        JsonObject members when members.TryGetPropertyValue(token, out var member) => member,
        JsonArray items when Number(token) is { } index && index < items.Count => items[index],
        _ => throw Missing(),
    };

    private static int? Number(string token) =>
        (token.Length == 1 || token is [>= '1' and <= '9', ..]) && int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private PatchException Missing() => PatchException.DoesNotFit($"there is nothing at path {Text}");
}
