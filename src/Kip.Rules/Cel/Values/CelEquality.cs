namespace Kip.Rules.Cel.Values;

/// <summary>
/// When two values are equal: numbers by what they are worth whatever their types, lists and maps by their parts, others only among themselves.
/// </summary>
internal static class CelEquality
{
    public static bool Same(CelValue one, CelValue other, CelBudget budget)
    {
        budget.Charge(1);
        switch (one, other)
        {
            case (CelText a, CelText b):
                budget.Charge(Math.Min(a.Value.Length, b.Value.Length) / 10);
                return a.Value == b.Value;
            case (CelBytes a, CelBytes b):
                budget.Charge(Math.Min(a.Value.Length, b.Value.Length) / 10);
                return a.Value.Span.SequenceEqual(b.Value.Span);
            case (CelList a, CelList b): return a.SameAs(b, budget);
            case (CelMap a, CelMap b): return a.Count == b.Count && a.Keys.All(key => b.Find(key) is { } value && Same(a.Find(key)!, value, budget));
            case (CelOptional a, CelOptional b):
                return a.Value is null || b.Value is null ? a.Value is null && b.Value is null : Same(a.Value, b.Value, budget);
            // NaN is equal to nothing.
            case (CelDouble a, CelDouble b): return a.Value == b.Value;
            default: return CelOrder.OfNumbers(one, other) is { } order ? order == 0 : one.Equals(other);
        }
    }
}
