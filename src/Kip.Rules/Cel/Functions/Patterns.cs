using Kip.Rules.Cel.Values;
using Kip.Rules.CustomResources;

namespace Kip.Rules.Cel.Functions;

/// <summary>Regular expressions in Go's syntax.</summary>
internal static class Patterns
{
    /// <summary>The functions whose last text is an expression.</summary>
    public static readonly IReadOnlySet<string> Names = new HashSet<string> { "matches", "find", "findAll" };

    public static IEnumerable<CelOverload> All { get; } =
    [
        Of("matches(string, string) bool", static (pattern, a) => CelBool.Of(pattern.IsMatch(a.Text(0)))),
        Of("string.matches(string) bool", static (pattern, a) => CelBool.Of(pattern.IsMatch(a.Text(0)))),
        Of("string.find(string) string", static (pattern, a) => new CelText(pattern.Find(a.Text(0)).FirstOrDefault(""))),
        Of("string.findAll(string) list<string>", static (pattern, a) => Found(pattern.Find(a.Text(0)))),
        Of("string.findAll(string, int) list<string>", static (pattern, a) =>
            Found(a.Int(2) < 0 ? pattern.Find(a.Text(0)) : pattern.Find(a.Text(0)).Take((int)Math.Min(a.Int(2), int.MaxValue)))),
    ];

    private static CelOverload Of(string signature, Func<GoPattern, CelValue[], CelValue> body) => CelOverload.Of(signature, (a, budget) =>
    {
        budget.Charge(((a.Text(0).Length / 10) + 1) * ((a.Text(1).Length / 4) + 1));
        var pattern = a[1] is CelPattern known ? known.Pattern : new GoPattern(a.Text(1));
        return pattern.Problem is { } problem ? new CelError($"error parsing regexp: {problem}") : body(pattern, a);
    });

    private static CelItems Found(IEnumerable<string> found) => new([.. found.Select(static text => new CelText(text))]);
}

/// <summary>A regular expression that stands in the text of a rule, read once.</summary>
internal sealed record CelPattern(GoPattern Pattern) : CelText(Pattern.Text);
