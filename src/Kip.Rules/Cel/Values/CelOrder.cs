namespace Kip.Rules.Cel.Values;

/// <summary>The order of values.</summary>
internal static class CelOrder
{
    /// <summary>Which of two comes first, as <see cref="IComparable"/> says it; null when they cannot be compared, as with NaN.</summary>
    public static int? Of(CelValue one, CelValue other) => (one, other) switch
    {
        (CelBool a, CelBool b) => a.Value.CompareTo(b.Value),
        (CelText a, CelText b) => OfTexts(a.Value, b.Value),
        (CelBytes a, CelBytes b) => Math.Sign(a.Value.Span.SequenceCompareTo(b.Value.Span)),
        (CelTimestamp a, CelTimestamp b) => a.Value.CompareTo(b.Value),
        (CelDuration a, CelDuration b) => a.Value.CompareTo(b.Value),
        _ => OfNumbers(one, other),
    };

    public static int? OfNumbers(CelValue one, CelValue other) => (one, other) switch
    {
        (CelInt a, CelInt b) => a.Value.CompareTo(b.Value),
        (CelUint a, CelUint b) => a.Value.CompareTo(b.Value),
        (CelInt a, CelUint b) => a.Value < 0 ? -1 : ((ulong)a.Value).CompareTo(b.Value),
        (CelUint, CelInt) => -OfNumbers(other, one),
        (CelDouble a, CelDouble b) => OfDoubles(a.Value, b.Value),
        (CelInt a, CelDouble b) =>
            double.IsNaN(b.Value) ? null : b.Value >= 9.2233720368547758e18 ? -1 : b.Value < -9.2233720368547758e18 ? 1 : OfParts(a.Value, b.Value),
        (CelUint a, CelDouble b) => double.IsNaN(b.Value) ? null : b.Value >= 1.8446744073709552e19 ? -1 : b.Value < 0 ? 1 : OfParts(a.Value, b.Value),
        (CelDouble, CelInt or CelUint) => -OfNumbers(other, one),
        _ => null,
    };

    // Code points have another order than UTF-16's units above the surrogates.
    private static int OfTexts(string one, string other)
    {
        var (a, b) = (one.EnumerateRunes(), other.EnumerateRunes());
        while (true)
        {
            var (more, others) = (a.MoveNext(), b.MoveNext());
            if (!more || !others) return more ? 1 : others ? -1 : 0;
            if (a.Current.CompareTo(b.Current) is not 0 and var order) return Math.Sign(order);
        }
    }

    private static int? OfDoubles(double one, double other) => double.IsNaN(one) || double.IsNaN(other) ? null : one.CompareTo(other);

    // A decimal holds every 64-bit integer, a double does not.
    private static int OfParts(decimal whole, double number)
    {
        var floor = Math.Floor(number);
        var order = whole.CompareTo((decimal)floor);
        return order == 0 && number > floor ? -1 : order;
    }
}
