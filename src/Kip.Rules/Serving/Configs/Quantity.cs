using System.Globalization;

namespace Kip.Rules.Serving.Configs;

/// <summary>Kubernetes' quantities as text: <c>500m</c>, <c>1.5</c>, <c>128Mi</c>, <c>2e3</c>.</summary>
public static class Quantity
{
    private static readonly HashSet<string> Suffixes =
        ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

    /// <summary>Whether the text is a quantity that is not negative.</summary>
    public static bool IsValid(string text)
    {
        var rest = text.AsSpan();
        if (!rest.IsEmpty && rest[0] == '+') rest = rest[1..];
        var digits = 0;
        var dots = 0;
        while (digits + dots < rest.Length && (char.IsAsciiDigit(rest[digits + dots]) || rest[digits + dots] == '.'))
            if (rest[digits + dots] == '.') dots++;
            else digits++;
        if (digits == 0 || dots > 1) return false;
        rest = rest[(digits + dots)..];
        return Suffixes.Contains(rest.ToString()) || IsExponent(rest);
    }

    /// <summary>The number that a quantity stands for, <c>500m</c> being a half; null when it is none.</summary>
    public static double? ValueOf(string text)
    {
        if (!IsValid(text)) return null;
        var digits = text.AsSpan().LastIndexOfAnyInRange('0', '9') + 1;
        var number = text.AsSpan()[..Math.Max(digits, text.AsSpan().LastIndexOf('.') + 1)];
        var suffix = text.AsSpan()[number.Length..];
        var factor = suffix switch
        {
            "n" => 1e-9, "u" => 1e-6, "m" => 1e-3, "k" => 1e3, "M" => 1e6, "G" => 1e9, "T" => 1e12, "P" => 1e15, "E" => 1e18,
            "Ki" => 1024d, "Mi" => 1048576d, "Gi" => 1073741824d, "Ti" => 1099511627776d, "Pi" => 1125899906842624d, "Ei" => 1152921504606846976d,
            _ => 1d,
        };
        return double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value * factor : null;
    }

    private static bool IsExponent(ReadOnlySpan<char> rest)
    {
        if (rest.Length < 2 || rest[0] is not ('e' or 'E')) return false;
        rest = rest[1..];
        if (rest[0] is '+' or '-') rest = rest[1..];
        return !rest.IsEmpty && rest.IndexOfAnyExceptInRange('0', '9') < 0;
    }
}
