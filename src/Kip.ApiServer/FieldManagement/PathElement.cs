using System.Globalization;
using System.Text.Json;

namespace Kip.ApiServer.FieldManagement;

/// <summary>One step of a path to a field: a name, the keys of a list's object, a list's value, or a position.</summary>
/// <param name="Text">A name as it is; keys and values as compact JSON, keys in order of their names; a position as digits.</param>
internal readonly record struct PathElement(PathElementKind Kind, string Text) : IComparable<PathElement>
{
    public static PathElement Field(string name) => new(PathElementKind.Field, name);

    /// <summary>The order in which sets are kept and written.</summary>
    public int CompareTo(PathElement other) => Kind != other.Kind ? Kind.CompareTo(other.Kind) : string.CompareOrdinal(Text, other.Text);

    /// <summary>As conflicts show it: <c>.replicas</c>, <c>[name="web"]</c>, <c>[="a"]</c>.</summary>
    public override string ToString() => Kind switch
    {
        PathElementKind.Field => "." + Text,
        PathElementKind.Key => $"[{string.Join(',', KeyParts())}]",
        PathElementKind.Value => $"[={Text}]",
        _ => $"[{Text}]",
    };

    /// <summary>The element in the encoding of FieldsV1: <c>f:replicas</c>.</summary>
    public string Encode() => Kind switch
    {
        PathElementKind.Field => "f:" + Text,
        PathElementKind.Key => "k:" + Text,
        PathElementKind.Value => "v:" + Text,
        _ => "i:" + Text,
    };

    /// <summary>Reads an element; null when it is none, as of an encoding that is yet to come.</summary>
    /// <param name="isOurs">Whether <see cref="Encode"/> wrote it, so that there is one spelling of it only.</param>
    /// <exception cref="JsonException">Keys or a value are not JSON.</exception>
    public static PathElement? Decode(string text, bool isOurs)
    {
        if (text.Length < 2 || text[1] != ':') return null;
        var rest = text[2..];
        return text[0] switch
        {
            'f' => Field(rest),
            'k' => isOurs ? new(PathElementKind.Key, rest) : ListElements.KeyOf(rest),
            'v' => isOurs ? new(PathElementKind.Value, rest) : ListElements.ValueOf(rest),
            'i' when int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out _) => new(PathElementKind.Index, rest),
            _ => null,
        };
    }

    private IEnumerable<string> KeyParts()
    {
        using var keys = JsonDocument.Parse(Text);
        return [.. keys.RootElement.EnumerateObject().Select(static key => $"{key.Name}={key.Value.GetRawText()}")];
    }
}

/// <summary>What a step goes by.</summary>
internal enum PathElementKind
{
    Field,
    Key,
    Value,
    Index,
}
