using System.Numerics;
using Kip.Rules.Cel.Types;
using Kip.Rules.Cel.Values;
using Kip.Rules.Quotas;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Cel.Functions.Kubernetes;

/// <summary>Kubernetes' library of quantities.</summary>
internal static class Quantities
{
    private static readonly BigInteger Unit = 1_000_000_000;

    public static IEnumerable<CelOverload> All { get; } =
    [
        CelOverload.Of("isQuantity(string) bool", static (a, _) => CelBool.Of(Read(a.Text(0)) is not null)),
        CelOverload.Of("quantity(string) quantity", static (a, _) => (CelValue?)Read(a.Text(0)) ?? new CelError(
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")),
        CelOverload.Of("quantity.sign() int", static (a, _) => new CelInt(Of(a, 0).Sign)),
        CelOverload.Of("quantity.isInteger() bool", static (a, _) => CelBool.Of(Whole(Of(a, 0)) is not null)),
        CelOverload.Of(
            "quantity.asInteger() int",
            static (a, _) => Whole(Of(a, 0)) is { } whole ? new CelInt(whole) : new CelError("cannot convert value to integer")),
        CelOverload.Of("quantity.asApproximateFloat() double", static (a, _) => new CelDouble((double)Of(a, 0) / 1e9)),
        CelOverload.Of("quantity.isGreaterThan(quantity) bool", static (a, _) => CelBool.Of(Of(a, 0) > Of(a, 1))),
        CelOverload.Of("quantity.isLessThan(quantity) bool", static (a, _) => CelBool.Of(Of(a, 0) < Of(a, 1))),
        CelOverload.Of("quantity.compareTo(quantity) int", static (a, _) => new CelInt(Of(a, 0).CompareTo(Of(a, 1)))),
        CelOverload.Of("quantity.add(quantity) quantity", static (a, _) => new CelQuantity(Of(a, 0) + Of(a, 1))),
        CelOverload.Of("quantity.add(int) quantity", static (a, _) => new CelQuantity(Of(a, 0) + (a.Int(1) * Unit))),
        CelOverload.Of("quantity.sub(quantity) quantity", static (a, _) => new CelQuantity(Of(a, 0) - Of(a, 1))),
        CelOverload.Of("quantity.sub(int) quantity", static (a, _) => new CelQuantity(Of(a, 0) - (a.Int(1) * Unit))),
    ];

    private static CelQuantity? Read(string text)
    {
        var isNegative = text.StartsWith('-');
        var digits = isNegative ? text[1..] : text;
        if ((isNegative && digits.StartsWith('+')) || !Quantity.IsValid(digits)) return null;
        var amount = Amount.Parse(digits).Billionths;
        return new(isNegative ? -amount : amount);
    }

    private static BigInteger Of(CelValue[] arguments, int at) => ((CelQuantity)arguments[at]).Billionths;

    private static long? Whole(BigInteger billionths) =>
        billionths % Unit == 0 && billionths / Unit is var whole && whole >= long.MinValue && whole <= long.MaxValue ? (long)whole : null;
}

/// <summary>A quantity, exact to a billionth.</summary>
internal sealed record CelQuantity(BigInteger Billionths) : CelValue
{
    internal override CelType Type => CelType.Quantity;
}
