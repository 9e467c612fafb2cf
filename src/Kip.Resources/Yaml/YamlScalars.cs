using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Kip.Resources.Yaml;

/// <summary>Decides what an unquoted YAML scalar is, as Kubernetes' YAML reader (go-yaml v2) does.</summary>
/// <remarks>
/// So <c>on</c>, <c>yes</c> and <c>y</c> are true, <c>0777</c> is octal and <c>12e3</c> is a number; each traps someone who meant a string. Dates
/// stay strings.
/// </remarks>
internal static partial class YamlScalars
{
    public static (ScalarKind Kind, string Text) Resolve(string plain) => plain switch
    {
        "" or "~" or "null" or "Null" or "NULL" => (ScalarKind.Null, "null"),
        "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" or "y" or "Y" => (ScalarKind.Bool, "true"),
        "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" or "n" or "N" => (ScalarKind.Bool, "false"),
        _ when Integer(plain) is { } integer => (ScalarKind.Integer, integer),
        _ when DecimalForm().IsMatch(plain) && double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)
            && double.IsFinite(real) => (ScalarKind.Float, real.ToString("R", CultureInfo.InvariantCulture)),
        _ => (ScalarKind.String, plain),
    };

    private static string? Integer(string plain)
    {
        var match = IntegerForm().Match(plain);
        if (!match.Success) return null;
        var sign = match.Groups["sign"].Value == "-" ? "-" : "";
        var number = match switch
        {
            _ when match.Groups["hex"].Success => Read(match.Groups["hex"].Value, 16),
            _ when match.Groups["binary"].Success => Read(match.Groups["binary"].Value, 2),
            _ when match.Groups["octal"].Success => Read(match.Groups["octal"].Value, 8),
            _ => Read(match.Groups["decimal"].Value, 10),
        };
        return number.IsZero ? "0" : sign + number.ToString(CultureInfo.InvariantCulture);
    }

    private static BigInteger Read(string digits, int radix)
    {
        var value = BigInteger.Zero;
        foreach (var digit in digits)
            if (digit != '_') value = (value * radix) + Convert.ToInt32(digit.ToString(), 16);
        return value;
    }

    [GeneratedRegex(
        "^(?<sign>[-+]?)(?:0[xX](?<hex>[0-9a-fA-F_]{1,32})|0[bB](?<binary>[01_]{1,128})|0[oO]?(?<octal>[0-7_]{1,64})|(?<decimal>0|[1-9][0-9_]{0,63}))$")]
    private static partial Regex IntegerForm();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")]
    private static partial Regex DecimalForm();
}
