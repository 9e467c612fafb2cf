using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Functions;

/// <summary>Kubernetes' library of lists.</summary>
internal static class Lists
{
    private static readonly string[] Ordered = ["int", "uint", "double", "bool", "string", "bytes", "timestamp", "duration"];

    public static IEnumerable<CelOverload> All { get; } =
    [
        .. Ordered.SelectMany(static type => new[]
        {
            CelOverload.Of($"list<{type}>.isSorted() bool", static (a, budget) => IsSorted(a.List(0), budget)),
            CelOverload.Of($"list<{type}>.min() {type}", static (a, budget) => Extreme(a.List(0), "min", -1, budget)),
            CelOverload.Of($"list<{type}>.max() {type}", static (a, budget) => Extreme(a.List(0), "max", 1, budget)),
        }),
        .. ((string[])["int", "uint", "double", "duration"])
        .Select(type => CelOverload.Of($"list<{type}>.sum() {type}", (a, budget) => Sum(a.List(0), ZeroOf(type), budget))),
        CelOverload.Of("list<A>.indexOf(A) int", static (a, budget) => new CelInt(Places(a, budget).DefaultIfEmpty(-1).First())),
        CelOverload.Of("list<A>.lastIndexOf(A) int", static (a, budget) => new CelInt(Places(a, budget).DefaultIfEmpty(-1).Last())),
    ];

    private static CelValue ZeroOf(string type) => type switch
    {
        "int" => new CelInt(0), "uint" => new CelUint(0), "double" => new CelDouble(0), _ => new CelDuration(TimeSpan.Zero),
    };

    private static CelValue IsSorted(CelList list, CelBudget budget)
    {
        CelValue? before = null;
        foreach (var item in list.Items)
        {
            budget.Charge(1);
            if (before is not null && CelOrder.Of(before, item) is not <= 0) return CelOrder.Of(before, item) is null ? CelError.NoSuchOverload : CelBool.False;
            before = item;
        }
        return CelBool.True;
    }

    private static CelValue Extreme(CelList list, string name, int sign, CelBudget budget)
    {
        CelValue? best = null;
        foreach (var item in list.Items)
        {
            budget.Charge(1);
            if (best is null || CelOrder.Of(item, best) * sign > 0) best = item;
        }
        return best ?? new CelError($"{name} called on empty list");
    }

    private static CelValue Sum(CelList list, CelValue zero, CelBudget budget)
    {
        var sum = zero;
        foreach (var item in list.Items)
        {
            budget.Charge(1);
            // Only a list whose type was not known has items of other types.
            if (item.GetType() != sum.GetType() && list.Count > 0 && sum == zero) sum = Zero(item) ?? sum;
            var plus = CelFunctions.Find("_+_", isMember: false).FirstOrDefault(overload => overload.Takes([sum, item]));
            if (plus is null) return CelError.NoSuchOverload;
            sum = plus.Body([sum, item], budget);
            if (sum is CelError) return sum;
        }
        return sum;
    }

    private static CelValue? Zero(CelValue like) => like switch
    {
        CelInt => new CelInt(0), CelUint => new CelUint(0), CelDouble => new CelDouble(0), CelDuration => new CelDuration(TimeSpan.Zero), _ => null,
    };

    private static IEnumerable<long> Places(CelValue[] a, CelBudget budget)
    {
        var at = 0L;
        foreach (var item in a.List(0).Items)
        {
            if (CelEquality.Same(item, a[1], budget)) yield return at;
            at++;
        }
    }
}
