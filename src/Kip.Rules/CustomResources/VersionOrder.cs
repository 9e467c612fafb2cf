using System.Globalization;
using System.Text.RegularExpressions;

namespace Kip.Rules.CustomResources;

/// <summary>Which of a group's versions clients should prefer, by Kubernetes' rule: v10, v2, v1, v11beta2, v3beta1, v12alpha1, foo1, foo10.</summary>
public static partial class VersionOrder
{
    /// <summary>The preferred version comes first.</summary>
    public static Comparer<string> Preferred { get; } = Comparer<string>.Create(Compare);

    private static int Compare(string? left, string? right)
    {
        var (a, b) = (Parse(left!), Parse(right!));
        if (a is null || b is null) return a is null && b is null ? string.CompareOrdinal(left, right) : a is null ? 1 : -1;
        return b.Value.CompareTo(a.Value);
    }

    private static (int Stage, long Major, long Minor)? Parse(string version)
    {
        if (Form().Match(version) is not { Success: true } match) return null;
        var stage = match.Groups["stage"].Value switch { "alpha" => 0, "beta" => 1, _ => 2 };
        return (stage, Number("major"), Number("minor"));

        long Number(string group) => long.TryParse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0;
    }

    [GeneratedRegex(@"^v(?<major>[1-9][0-9]{0,17})((?<stage>alpha|beta)(?<minor>[1-9][0-9]{0,17}))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
