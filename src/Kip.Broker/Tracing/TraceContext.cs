using System.Buffers;
using System.Globalization;

namespace Kip.Brokers.Tracing;

/// <summary>W3C trace contexts, as far as a relay needs them.</summary>
internal static class TraceContext
{
    /// <summary>The header's name, as it is stored and sent.</summary>
    public const string Parent = "traceparent";

    // 00-<32 hex>-<16 hex>-<2 hex>
    private const int Length = 55;

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    /// <summary>A context for an event that came without one: not sampled, as nobody has decided that.</summary>
    public static string New(Random ids) => string.Create(CultureInfo.InvariantCulture,
        $"00-{ids.NextInt64(1, long.MaxValue):x16}{ids.NextInt64(1, long.MaxValue):x16}-{ids.NextInt64(1, long.MaxValue):x16}-00");

    public static bool IsValid(string? text) =>
        text is { Length: Length } && text.StartsWith("00-", StringComparison.Ordinal) && text[35] == '-' && text[52] == '-'
        && IsHex(text.AsSpan(3, 32)) && IsHex(text.AsSpan(36, 16)) && IsHex(text.AsSpan(53, 2))
        && text.AsSpan(3, 32).ContainsAnyExcept('0') && text.AsSpan(36, 16).ContainsAnyExcept('0');

    private static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Hex);
}
