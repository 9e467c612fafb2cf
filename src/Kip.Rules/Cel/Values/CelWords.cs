using System.Globalization;

namespace Kip.Rules.Cel.Values;

/// <summary>Values as they are named in messages.</summary>
internal static class CelWords
{
    public static string Of(CelValue value) => value switch
    {
        CelText text => text.Value,
        CelBool flag => flag.Value ? "true" : "false",
        CelInt number => number.Value.ToString(CultureInfo.InvariantCulture),
        CelUint number => number.Value.ToString(CultureInfo.InvariantCulture),
        CelDouble number => OfDouble(number.Value),
        CelNull => "null",
        _ => value.Type.ToString(),
    };

    /// <summary>A number as Go writes it: <c>1</c>, <c>0.5</c>, <c>1e+21</c>, <c>+Inf</c>.</summary>
    public static string OfDouble(double number)
    {
        if (double.IsNaN(number)) return "NaN";
        if (double.IsInfinity(number)) return number > 0 ? "+Inf" : "-Inf";
        var shortest = number.ToString("R", CultureInfo.InvariantCulture);
        if (Math.Abs(number) is 0 or (>= 1e-4 and < 1e21))
            return shortest.Contains('E', StringComparison.Ordinal) ? number.ToString("0.####################", CultureInfo.InvariantCulture) : shortest;
        return number.ToString("0.################e+00", CultureInfo.InvariantCulture);
    }
}
