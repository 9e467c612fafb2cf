using System.Globalization;

namespace Kip.Rules.CustomResources;

/// <summary>Which of a group's versions clients should prefer, by Kubernetes' rule: v10, v2, v1, v11beta2, v3beta1, v12alpha1, foo1, foo10.</summary>
public static class VersionOrder
{
    /// <summary>The preferred version comes first.</summary>
    public static Comparer<string> Preferred { get; } = Comparer<string>.Create(Compare);

    private static int Compare(string? left, string? right)
    {
        var (a, b) = (Parse(left!), Parse(right!));
        if (a is null || b is null) return a is null && b is null ? string.CompareOrdinal(left, right) : a is null ? 1 : -1;
        return b.Value.CompareTo(a.Value);
    }

    // v, a number, and then nothing, or alpha or beta and a number. Without the library of regular expressions: this is asked at every start.
    private static (int Stage, long Major, long Minor)? Parse(ReadOnlySpan<char> version)
    {
        if (version is not ['v', .. var rest] || TakeNumber(ref rest) is not { } major) return null;
        if (rest.IsEmpty) return (2, major, 0);
        var stage = rest.StartsWith("alpha") ? 0 : rest.StartsWith("beta") ? 1 : -1;
        if (stage < 0) return null;
        rest = rest[(stage == 0 ? "alpha" : "beta").Length..];
        return TakeNumber(ref rest) is { } minor && rest.IsEmpty ? (stage, major, minor) : null;
    }

    private static long? TakeNumber(ref ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        var digits = end < 0 ? text : text[..end];
        if (digits.Length is 0 or > 18 || digits[0] == '0') return null;
        text = text[digits.Length..];
        return long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
