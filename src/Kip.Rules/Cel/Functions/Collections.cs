using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Functions;

/// <summary>Sizes, and what is in what.</summary>
internal static class Collections
{
    public static IEnumerable<CelOverload> All { get; } =
    [
        .. Size("string", static (value, budget) => Length(((CelText)value).Value, budget)),
        .. Size("bytes", static (value, _) => ((CelBytes)value).Value.Length),
        .. Size("list<A>", static (value, _) => ((CelList)value).Count),
        .. Size("map<A,B>", static (value, _) => ((CelMap)value).Count),
        CelOverload.Of("@in(A, list<A>) bool", static (a, budget) => CelBool.Of(a.List(1).Items.Any(item => CelEquality.Same(a[0], item, budget)))),
        CelOverload.Of("@in(A, map<A,B>) bool", static (a, _) => CelBool.Of(a.Map(1).Find(a[0]) is not null)),
    ];

    private static IEnumerable<CelOverload> Size(string type, Func<CelValue, CelBudget, int> size) =>
    [
        CelOverload.Of($"size({type}) int", (a, budget) => new CelInt(size(a[0], budget))),
        CelOverload.Of($"{type}.size() int", (a, budget) => new CelInt(size(a[0], budget))),
    ];

    // Characters are code points, not UTF-16's units.
    private static int Length(string text, CelBudget budget)
    {
        budget.ChargeText(text.Length);
        return text.EnumerateRunes().Count();
    }
}
