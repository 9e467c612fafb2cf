using Kip.Rules.Cel.Types;

namespace Kip.Rules.Cel.Functions;

/// <summary>The types that signatures name.</summary>
internal static class SignatureTypes
{
    private static readonly Dictionary<string, CelType> Plain = new()
    {
        ["dyn"] = CelType.Dyn, ["bool"] = CelType.Bool, ["int"] = CelType.Int, ["uint"] = CelType.Uint, ["double"] = CelType.Double,
        ["string"] = CelType.Text, ["bytes"] = CelType.Bytes, ["timestamp"] = CelType.Timestamp, ["duration"] = CelType.Duration, ["type"] = CelType.Type,
        ["quantity"] = CelType.Quantity, ["url"] = CelType.Url, ["ip"] = CelType.Ip, ["cidr"] = CelType.Cidr,
        ["semver"] = CelType.Semver, ["namedFormat"] = CelType.NamedFormat,
        ["A"] = CelType.Variable("A"), ["B"] = CelType.Variable("B"),
    };

    public static CelType Of(string text)
    {
        if (Plain.TryGetValue(text, out var plain)) return plain;
        var open = text.IndexOf('<', StringComparison.Ordinal);
        var inner = text[(open + 1)..^1];
        return text[..open] switch
        {
            "list" => CelType.ListOf(Of(inner)),
            "optional" => CelType.OptionalOf(Of(inner)),
            // Written without a blank, so that parameters can be told apart by theirs.
            "map" when inner.Split(',', 2) is [var key, var value] => CelType.MapOf(Of(key), Of(value)),
            _ => throw new FormatException($"no type of CEL: {text}"),
        };
    }
}
