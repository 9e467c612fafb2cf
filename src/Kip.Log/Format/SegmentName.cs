using System.Globalization;

namespace Kip.Log.Format;

/// <summary>A segment is named by its first sequence, in twenty digits, so that names sort as the log does.</summary>
internal static class SegmentName
{
    private const string Suffix = ".log";
    private const int Digits = 20;

    internal static string For(ulong first) => first.ToString("D20", CultureInfo.InvariantCulture) + Suffix;

    internal static bool TryParse(string name, out ulong first)
    {
        first = 0;
        return name.Length == Digits + Suffix.Length && name.EndsWith(Suffix, StringComparison.Ordinal)
            && ulong.TryParse(name.AsSpan(0, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out first) && first > 0;
    }
}
