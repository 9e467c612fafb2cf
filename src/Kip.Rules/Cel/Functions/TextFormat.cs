using System.Globalization;
using System.Numerics;
using System.Text;
using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Functions;

/// <summary>Texts with places for values: <c>"%s has %d".format([name, count])</c>.</summary>
internal static class TextFormat
{
    private const int MaxPrecision = 100;

    public static CelValue Write(string format, CelList values, CelBudget budget)
    {
        var result = new StringBuilder();
        var (at, used) = (0, 0);
        while (at < format.Length)
        {
            budget.ChargeText(result.Length / 10);
            var percent = format.IndexOf('%', at);
            result.Append(format, at, (percent < 0 ? format.Length : percent) - at);
            if (percent < 0) break;
            at = percent + 1;
            var precision = Precision(format, ref at);
            if (at == format.Length) return new CelError("could not parse formatting clause: unexpected end of format string");
            var verb = format[at++];
            if (verb == '%')
            {
                result.Append('%');
                continue;
            }
            if (used == values.Count) return new CelError($"index {used} out of range");
            if (One(verb, precision, values.At(used++), budget) is not { } written)
                return new CelError($"could not parse formatting clause: %{verb} does not take what it is given");
            result.Append(written);
        }
        budget.ChargeText(result.Length);
        return new CelText(result.ToString());
    }

    /// <summary>A text in double quotes, with escapes for what would not show.</summary>
    public static string Quoted(string text)
    {
        var result = new StringBuilder("\"");
        foreach (var letter in text)
            result.Append(letter switch
            {
                '\a' => "\\a", '\b' => "\\b", '\f' => "\\f", '\n' => "\\n", '\r' => "\\r", '\t' => "\\t", '\v' => "\\v", '\\' => "\\\\", '"' => "\\\"",
                _ => letter.ToString(),
            });
        return result.Append('"').ToString();
    }

    private static int? Precision(string format, ref int at)
    {
        if (at >= format.Length || format[at] != '.') return null;
        var precision = 0;
        for (at++; at < format.Length && char.IsAsciiDigit(format[at]); at++) precision = Math.Min((precision * 10) + format[at] - '0', MaxPrecision);
        return precision;
    }

    // Null: the value is of no type that the verb takes.
    private static string? One(char verb, int? precision, CelValue value, CelBudget budget) => verb switch
    {
        's' => Plain(value, budget),
        'd' => value is CelInt or CelUint || Special(value) is not null ? CelWords.Of(value) : null,
        'f' => Number(value) is { } number ? Special(value) ?? number.ToString($"F{precision ?? 6}", CultureInfo.InvariantCulture) : null,
        'e' => Number(value) is { } number ? Special(value) ?? number.ToString($"0.{new string('0', precision ?? 6)}e+00", CultureInfo.InvariantCulture) : null,
        'b' => value is CelBool flag ? flag.Value ? "1" : "0" : Whole(value) is { } number ? Radix(number, 2) : null,
        'o' => Whole(value) is { } number ? Radix(number, 8) : null,
        'x' or 'X' => Hexadecimal(value, verb),
        _ => null,
    };

    private static string? Hexadecimal(CelValue value, char verb)
    {
        var text = value switch
        {
            CelText of => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(of.Value)),
            CelBytes of => Convert.ToHexStringLower(of.Value.Span),
            _ => Whole(value) is { } number ? Radix(number, 16) : null,
        };
        return verb == 'X' ? text?.ToUpperInvariant() : text;
    }

    private static BigInteger? Whole(CelValue value) => value switch { CelInt number => number.Value, CelUint number => number.Value, _ => null };

    private static double? Number(CelValue value) =>
        value switch { CelDouble number => number.Value, CelInt number => number.Value, CelUint number => number.Value, _ => null };

    private static string? Special(CelValue value) => value switch
    {
        CelDouble { Value: double.NaN } => "NaN",
        CelDouble { Value: double.PositiveInfinity } => "Infinity",
        CelDouble { Value: double.NegativeInfinity } => "-Infinity",
        _ => null,
    };

    private static string Radix(BigInteger number, int radix)
    {
        var digits = new StringBuilder();
        for (var rest = BigInteger.Abs(number); rest > 0; rest /= radix) digits.Insert(0, "0123456789abcdef"[(int)(rest % radix)]);
        if (digits.Length == 0) digits.Append('0');
        return number < 0 ? digits.Insert(0, '-').ToString() : digits.ToString();
    }

    private static string? Plain(CelValue value, CelBudget budget)
    {
        budget.Charge(1);
        return value switch
        {
            CelTypeName type => type.Name,
            CelTimestamp time => Conversions.Written(time.Value),
            CelDuration span => Conversions.Written(span.Value),
            CelBytes bytes => Encoding.UTF8.GetString(bytes.Value.Span),
            CelList list => $"[{string.Join(", ", list.Items.Select(item => Plain(item, budget)))}]",
            // The order of a map's entries is that of its keys as texts.
            CelMap map =>
                $"{{{string.Join(", ", map.Keys.Select(key => $"{Plain(key, budget)}: {Plain(map.Find(key)!, budget)}").Order(StringComparer.Ordinal))}}}",
            CelOptional => null,
            _ => Special(value) ?? CelWords.Of(value),
        };
    }
}
