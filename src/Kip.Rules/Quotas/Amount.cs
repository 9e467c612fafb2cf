using System.Buffers;
using System.Globalization;
using System.Numerics;

namespace Kip.Rules.Quotas;

/// <summary>An exact quantity that can be added and compared: billionths of a unit.</summary>
public readonly record struct Amount(BigInteger Billionths)
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");
    private static readonly BigInteger Unit = 1_000_000_000;

    public static Amount Of(long number) => new(number * Unit);

    /// <summary>Reads a quantity as Kubernetes writes it; zero when it is none, rounded up when finer than a billionth.</summary>
    public static Amount Parse(string? text)
    {
        if (text is null || !Serving.Configs.Quantity.IsValid(text)) return default;
        var (number, suffix) = Split(text.TrimStart('+'));
        var dot = number.IndexOf('.');
        var decimals = dot < 0 ? 0 : number.Length - dot - 1;
        var digits = BigInteger.Parse(number.Replace(".", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture);
        var (numerator, denominator) = Factor(suffix);
        var scale = BigInteger.Pow(10, decimals) * denominator;
        return new((digits * Unit * numerator + scale - 1) / scale);
    }

    public static Amount operator +(Amount one, Amount other) => new(one.Billionths + other.Billionths);

    public static Amount operator -(Amount one, Amount other) => new(one.Billionths - other.Billionths);

    public static bool operator >(Amount one, Amount other) => one.Billionths > other.Billionths;

    public static bool operator <(Amount one, Amount other) => one.Billionths < other.Billionths;

    public static Amount Max(Amount one, Amount other) => one > other ? one : other;

    /// <summary>In the form that Kubernetes would write for this kind of thing: <c>1500m</c>, <c>3Gi</c>, <c>12</c>.</summary>
    public override string ToString()
    {
        if (Billionths % Unit != 0) return Billionths % 1_000_000 == 0 ? $"{Billionths / 1_000_000}m" : $"{(Billionths + 999) / 1000}u";
        var whole = Billionths / Unit;
        foreach (var (suffix, size) in (ReadOnlySpan<(string, long)>)[("Ti", 1L << 40), ("Gi", 1L << 30), ("Mi", 1L << 20), ("Ki", 1L << 10)])
            if (whole >= size && whole % size == 0) return $"{whole / size}{suffix}";
        return whole.ToString(CultureInfo.InvariantCulture);
    }

    // An exponent has digits of its own: what follows the number begins at the first letter.
    private static (string Number, string Suffix) Split(string text)
    {
        var letter = text.AsSpan().IndexOfAnyExcept(Digits);
        return letter < 0 ? (text, "") : (text[..letter], text[letter..]);
    }

    private static (BigInteger Numerator, BigInteger Denominator) Factor(string suffix) => suffix switch
    {
        "" => (1, 1),
        "n" => (1, 1_000_000_000), "u" => (1, 1_000_000), "m" => (1, 1000),
        "k" => (1000, 1), "M" => (1_000_000, 1), "G" => (1_000_000_000, 1), "T" => (1_000_000_000_000, 1), "P" => (1_000_000_000_000_000, 1),
        "E" => (1_000_000_000_000_000_000, 1),
        "Ki" => (1L << 10, 1), "Mi" => (1L << 20, 1), "Gi" => (1L << 30, 1), "Ti" => (1L << 40, 1), "Pi" => (1L << 50, 1), "Ei" => (1L << 60, 1),
        _ => Exponent(suffix),
    };

    // Beyond what any machine has, a larger exponent says nothing more.
    private static (BigInteger, BigInteger) Exponent(string suffix)
    {
        var power = int.TryParse(suffix.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var read) ? Math.Clamp(read, -30, 30) : 30;
        return power < 0 ? (1, BigInteger.Pow(10, -power)) : (BigInteger.Pow(10, power), 1);
    }
}
