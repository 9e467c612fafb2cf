using System.Globalization;

namespace Kip.Rules.Cel.Syntax;

/// <summary>Integer literals: decimal, or hexadecimal after <c>0x</c>.</summary>
internal static class CelInteger
{
    public static bool TryParseUnsigned(string digits, out ulong value) => digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        ? ulong.TryParse(digits.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out value)
        : ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    /// <summary>Reads digits with their sign; false when they do not fit into 64 bits.</summary>
    public static bool TryParse(string digits, bool negative, out long value)
    {
        value = 0;
        if (!TryParseUnsigned(digits, out var magnitude) || magnitude > (negative ? 1UL << 63 : long.MaxValue)) return false;
        value = negative ? unchecked(-(long)magnitude) : (long)magnitude;
        return true;
    }
}
