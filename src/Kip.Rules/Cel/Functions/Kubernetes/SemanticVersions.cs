using System.Globalization;
using System.Text.RegularExpressions;
using Kip.Rules.Cel.Types;
using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Functions.Kubernetes;

/// <summary>Kubernetes' library of semantic versions (semver.org, 2.0.0).</summary>
internal static partial class SemanticVersions
{
    public static IEnumerable<CelOverload> All { get; } =
    [
        CelOverload.Of("isSemver(string) bool", static (a, budget) => CelBool.Of(Read(a.Text(0), false, budget) is not null)),
        CelOverload.Of("isSemver(string, bool) bool", static (a, budget) => CelBool.Of(Read(a.Text(0), a.Bool(1), budget) is not null)),
        CelOverload.Of("semver(string) semver", static (a, budget) => (CelValue?)Read(a.Text(0), false, budget) ?? NoVersion(a.Text(0))),
        CelOverload.Of("semver(string, bool) semver", static (a, budget) => (CelValue?)Read(a.Text(0), a.Bool(1), budget) ?? NoVersion(a.Text(0))),
        CelOverload.Of("semver.major() int", static (a, _) => new CelInt(Of(a, 0).Major)),
        CelOverload.Of("semver.minor() int", static (a, _) => new CelInt(Of(a, 0).Minor)),
        CelOverload.Of("semver.patch() int", static (a, _) => new CelInt(Of(a, 0).Patch)),
        CelOverload.Of("semver.isGreaterThan(semver) bool", static (a, _) => CelBool.Of(Of(a, 0).CompareTo(Of(a, 1)) > 0)),
        CelOverload.Of("semver.isLessThan(semver) bool", static (a, _) => CelBool.Of(Of(a, 0).CompareTo(Of(a, 1)) < 0)),
        CelOverload.Of("semver.compareTo(semver) int", static (a, _) => new CelInt(Math.Sign(Of(a, 0).CompareTo(Of(a, 1))))),
    ];

    /// <param name="normalizes">Whether a leading <c>v</c>, leading zeros and missing parts are forgiven: <c>v01.2</c> is 1.2.0.</param>
    private static CelSemver? Read(string text, bool normalizes, CelBudget budget)
    {
        budget.ChargeText(text.Length);
        var found = (normalizes ? Loose() : Strict()).Match(text);
        return found.Success && Number(found, "major") is { } major && Number(found, "minor") is { } minor && Number(found, "patch") is { } patch
            ? new(major, minor, patch, found.Groups["pre"].Value)
            : null;
    }

    private static long? Number(Match found, string part) =>
        found.Groups[part] is { Success: true } group
            ? long.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null
            : 0;

    private static CelSemver Of(CelValue[] arguments, int at) => (CelSemver)arguments[at];

    private static CelError NoVersion(string text) => new($"\"{text}\" is not a semantic version, such as 1.2.3 or 1.2.3-rc.1");

    [GeneratedRegex(
        @"^(?<major>0|[1-9][0-9]*)\.(?<minor>0|[1-9][0-9]*)\.(?<patch>0|[1-9][0-9]*)" + Tail,
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Strict();

    [GeneratedRegex(
        @"^v?(?<major>[0-9]+)(\.(?<minor>[0-9]+)(\.(?<patch>[0-9]+))?)?" + Tail,
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Loose();

    private const string Tail =
        @"(-(?<pre>(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*))?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?\z";
}

/// <summary>A semantic version. Build metadata is left out: it makes no two versions different.</summary>
/// <param name="PreRelease">Identifiers with dots between; empty for a release.</param>
internal sealed record CelSemver(long Major, long Minor, long Patch, string PreRelease) : CelValue, IComparable<CelSemver>
{
    internal override CelType Type => CelType.Semver;

    public int CompareTo(CelSemver? other)
    {
        if (other is null) return 1;
        var order = (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
        return order != 0 ? order : OfPreReleases(PreRelease, other.PreRelease);
    }

    // A release comes after all that lead to it; where one has more identifiers and the rest is equal, it is the later one.
    private static int OfPreReleases(string one, string other)
    {
        if (one.Length == 0 || other.Length == 0) return other.Length.CompareTo(one.Length);
        var (left, right) = (one.Split('.'), other.Split('.'));
        for (var i = 0; i < Math.Min(left.Length, right.Length); i++)
            if (OfIdentifiers(left[i], right[i]) is not 0 and var order) return order;
        return left.Length.CompareTo(right.Length);
    }

    // Numbers by their value, and before words. None has leading zeros, so that the longer one is larger.
    private static int OfIdentifiers(string one, string other) => (IsNumber(one), IsNumber(other)) switch
    {
        (true, true) => one.Length != other.Length ? one.Length.CompareTo(other.Length) : string.CompareOrdinal(one, other),
        (true, false) => -1,
        (false, true) => 1,
        _ => string.CompareOrdinal(one, other),
    };

    private static bool IsNumber(string identifier) => identifier.All(char.IsAsciiDigit);
}
