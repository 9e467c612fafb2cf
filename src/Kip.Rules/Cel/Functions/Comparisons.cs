using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Functions;

/// <summary>Equality and order.</summary>
internal static class Comparisons
{
    private static readonly string[] Numbers = ["int", "uint", "double"];

    public static IEnumerable<CelOverload> All { get; } =
    [
        CelOverload.Of("_==_(A, A) bool", static (a, budget) => CelBool.Of(CelEquality.Same(a[0], a[1], budget))),
        CelOverload.Of("_!=_(A, A) bool", static (a, budget) => CelBool.Of(!CelEquality.Same(a[0], a[1], budget))),
        .. Ordered("_<_", static order => order < 0),
        .. Ordered("_<=_", static order => order <= 0),
        .. Ordered("_>_", static order => order > 0),
        .. Ordered("_>=_", static order => order >= 0),
        CelOverload.Of("!_(bool) bool", static (a, _) => CelBool.Of(!a.Bool(0))),
    ];

    // What has no order, as NaN, is neither before nor after.
    private static IEnumerable<CelOverload> Ordered(string name, Func<int, bool> holds)
    {
        CelBody body = (a, budget) =>
        {
            if (a[0] is CelText text) budget.ChargeText(Math.Min(text.Value.Length, a.Text(1).Length));
            return CelBool.Of(CelOrder.Of(a[0], a[1]) is { } order && holds(order));
        };
        foreach (var type in (string[])["bool", "string", "bytes", "timestamp", "duration"]) yield return CelOverload.Of($"{name}({type}, {type}) bool", body);
        foreach (var one in Numbers)
            foreach (var other in Numbers) yield return CelOverload.Of($"{name}({one}, {other}) bool", body);
    }
}
