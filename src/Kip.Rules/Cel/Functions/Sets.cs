using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Functions;

/// <summary>Lists as sets.</summary>
internal static class Sets
{
    public static IEnumerable<CelOverload> All { get; } =
    [
        CelOverload.Of("sets::contains(list<A>, list<A>) bool", static (a, budget) => CelBool.Of(Covers(a.List(0), a.List(1), budget))),
        CelOverload.Of("sets::equivalent(list<A>, list<A>) bool", static (a, budget) =>
            CelBool.Of(Covers(a.List(0), a.List(1), budget) && Covers(a.List(1), a.List(0), budget))),
        CelOverload.Of("sets::intersects(list<A>, list<A>) bool", static (a, budget) => CelBool.Of(a.List(0).Items.Any(item => Has(a.List(1), item, budget)))),
    ];

    /// <summary>Whether a list has every item of another.</summary>
    public static bool Covers(CelList list, CelList other, CelBudget budget) => other.Items.All(item => Has(list, item, budget));

    private static bool Has(CelList list, CelValue wanted, CelBudget budget) => list.Items.Any(item => CelEquality.Same(item, wanted, budget));
}
