using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Functions;

/// <summary>Sums, products and signs. Integers that do not fit are errors, never wrapped around.</summary>
internal static class Arithmetic
{
    private static readonly CelError UnsignedOverflow = new("unsigned integer overflow");
    private static readonly CelError DivisionByZero = new("division by zero");
    private static readonly CelError ModulusByZero = new("modulus by zero");

    public static IEnumerable<CelOverload> All { get; } =
    [
        Of("_+_(int, int) int", static a => new CelInt(checked(a.Int(0) + a.Int(1)))),
        Of("_-_(int, int) int", static a => new CelInt(checked(a.Int(0) - a.Int(1)))),
        Of("_*_(int, int) int", static a => new CelInt(checked(a.Int(0) * a.Int(1)))),
        Of("_/_(int, int) int", static a => a.Int(1) == 0 ? DivisionByZero : Overflows(a) ? CelError.IntegerOverflow : new CelInt(a.Int(0) / a.Int(1))),
        Of("_%_(int, int) int", static a => a.Int(1) == 0 ? ModulusByZero : Overflows(a) ? CelError.IntegerOverflow : new CelInt(a.Int(0) % a.Int(1))),
        Of("-_(int) int", static a => new CelInt(checked(-a.Int(0)))),
        OfUnsigned("_+_(uint, uint) uint", static a => new CelUint(checked(a.Uint(0) + a.Uint(1)))),
        OfUnsigned("_-_(uint, uint) uint", static a => new CelUint(checked(a.Uint(0) - a.Uint(1)))),
        OfUnsigned("_*_(uint, uint) uint", static a => new CelUint(checked(a.Uint(0) * a.Uint(1)))),
        OfUnsigned("_/_(uint, uint) uint", static a => a.Uint(1) == 0 ? DivisionByZero : new CelUint(a.Uint(0) / a.Uint(1))),
        OfUnsigned("_%_(uint, uint) uint", static a => a.Uint(1) == 0 ? ModulusByZero : new CelUint(a.Uint(0) % a.Uint(1))),
        Of("_+_(double, double) double", static a => new CelDouble(a.Double(0) + a.Double(1))),
        Of("_-_(double, double) double", static a => new CelDouble(a.Double(0) - a.Double(1))),
        Of("_*_(double, double) double", static a => new CelDouble(a.Double(0) * a.Double(1))),
        Of("_/_(double, double) double", static a => new CelDouble(a.Double(0) / a.Double(1))),
        Of("-_(double) double", static a => new CelDouble(-a.Double(0))),
        CelOverload.Of("_+_(string, string) string", static (a, budget) =>
        {
            budget.ChargeText(a.Text(0).Length + a.Text(1).Length);
            return new CelText(a.Text(0) + a.Text(1));
        }),
        CelOverload.Of("_+_(bytes, bytes) bytes", static (a, budget) =>
        {
            budget.ChargeText(a.Bytes(0).Length + a.Bytes(1).Length);
            return new CelBytes((byte[])[.. a.Bytes(0).Span, .. a.Bytes(1).Span]);
        }),
        CelOverload.Of("_+_(list<A>, list<A>) list<A>", static (a, budget) =>
        {
            budget.Charge(a.List(0).Count + a.List(1).Count);
            return a.List(0).With(a.List(1));
        }),
        OfTime("_+_(timestamp, duration) timestamp", static a => new CelTimestamp(a.Timestamp(0) + a.Duration(1))),
        OfTime("_+_(duration, timestamp) timestamp", static a => new CelTimestamp(a.Timestamp(1) + a.Duration(0))),
        OfTime("_+_(duration, duration) duration", static a => new CelDuration(a.Duration(0) + a.Duration(1))),
        OfTime("_-_(timestamp, timestamp) duration", static a => new CelDuration(a.Timestamp(0) - a.Timestamp(1))),
        OfTime("_-_(timestamp, duration) timestamp", static a => new CelTimestamp(a.Timestamp(0) - a.Duration(1))),
        OfTime("_-_(duration, duration) duration", static a => new CelDuration(a.Duration(0) - a.Duration(1))),
        OfTime("-_(duration) duration", static a => new CelDuration(-a.Duration(0))),
    ];

    // The one quotient that does not fit.
    private static bool Overflows(CelValue[] a) => a.Int(0) == long.MinValue && a.Int(1) == -1;

    private static CelOverload Of(string signature, Func<CelValue[], CelValue> body) => Guarded(signature, body, CelError.IntegerOverflow);

    private static CelOverload OfUnsigned(string signature, Func<CelValue[], CelValue> body) => Guarded(signature, body, UnsignedOverflow);

    private static CelOverload OfTime(string signature, Func<CelValue[], CelValue> body) =>
        Guarded(signature, body, new CelError("range error: timestamp or duration overflow"));

    private static CelOverload Guarded(string signature, Func<CelValue[], CelValue> body, CelError overflow) => CelOverload.Of(signature, (a, _) =>
    {
        try
        {
            return body(a);
        }
        catch (Exception e) when (e is OverflowException or ArgumentOutOfRangeException)
        {
            return overflow;
        }
    });
}
