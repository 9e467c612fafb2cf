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

    private static bool IsExponent(ReadOnlySpan<char> rest)
    {
        if (rest.Length < 2 || rest[0] is not ('e' or 'E')) return false;
        rest = rest[1..];
        if (rest[0] is '+' or '-') rest = rest[1..];
        return !rest.IsEmpty && rest.IndexOfAnyExceptInRange('0', '9') < 0;
    }
}
