using System.Globalization;
using System.Text;
using Kip.Resources;
using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Functions;

/// <summary>Values as values of other types.</summary>
internal static class Conversions
{
    public static IEnumerable<CelOverload> All { get; } =
    [
        CelOverload.Of("dyn(A) dyn", static (a, _) => a[0]),
        CelOverload.Of("type(A) type", static (a, _) => TypeOf(a[0])),
        CelOverload.Of("int(int) int", static (a, _) => a[0]),
        CelOverload.Of("int(uint) int", static (a, _) => a.Uint(0) <= long.MaxValue ? new CelInt((long)a.Uint(0)) : CelError.IntegerOverflow),
        CelOverload.Of(
            "int(double) int",
            static (a, _) => a.Double(0) is > -9.2233720368547758e18 and < 9.2233720368547758e18 ? new CelInt((long)a.Double(0)) : CelError.IntegerOverflow),
        CelOverload.Of(
            "int(string) int",
            static (a, _) => long.TryParse(a.Text(0), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? new CelInt(n) : NotA("int", a)),
        CelOverload.Of("int(timestamp) int", static (a, _) => new CelInt(a.Timestamp(0).ToUnixTimeSeconds())),
        CelOverload.Of("uint(uint) uint", static (a, _) => a[0]),
        CelOverload.Of("uint(int) uint", static (a, _) => a.Int(0) >= 0 ? new CelUint((ulong)a.Int(0)) : CelError.IntegerOverflow),
        CelOverload.Of(
            "uint(double) uint",
            static (a, _) => a.Double(0) is >= 0 and < 1.8446744073709552e19 ? new CelUint((ulong)a.Double(0)) : CelError.IntegerOverflow),
        CelOverload.Of(
            "uint(string) uint",
            static (a, _) => ulong.TryParse(a.Text(0), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? new CelUint(n) : NotA("uint", a)),
        CelOverload.Of("double(double) double", static (a, _) => a[0]),
        CelOverload.Of("double(int) double", static (a, _) => new CelDouble(a.Int(0))),
        CelOverload.Of("double(uint) double", static (a, _) => new CelDouble(a.Uint(0))),
        CelOverload.Of(
            "double(string) double",
            static (a, _) => double.TryParse(a.Text(0), NumberStyles.Float, CultureInfo.InvariantCulture, out var n) ? new CelDouble(n) : NotA("double", a)),
        CelOverload.Of("bool(bool) bool", static (a, _) => a[0]),
        CelOverload.Of("bool(string) bool", static (a, _) => GoBool.Parse(a.Text(0)) is { } flag ? CelBool.Of(flag) : NotA("bool", a)),
        CelOverload.Of("bytes(bytes) bytes", static (a, _) => a[0]),
        CelOverload.Of("bytes(string) bytes", static (a, budget) =>
        {
            budget.ChargeText(a.Text(0).Length);
            return new CelBytes(Encoding.UTF8.GetBytes(a.Text(0)));
        }),
        CelOverload.Of("string(string) string", static (a, _) => a[0]),
        CelOverload.Of("string(bytes) string", OfBytes),
        CelOverload.Of("string(timestamp) string", static (a, _) => new CelText(Written(a.Timestamp(0)))),
        CelOverload.Of("string(duration) string", static (a, _) => new CelText(Written(a.Duration(0)))),
        .. ((string[])["bool", "int", "uint", "double"])
        .Select(static type => CelOverload.Of($"string({type}) string", static (a, _) => new CelText(CelWords.Of(a[0])))),
        CelOverload.Of("timestamp(timestamp) timestamp", static (a, _) => a[0]),
        CelOverload.Of("timestamp(int) timestamp", static (a, _) => a.Int(0) is >= -62135596800 and <= 253402300799
            ? new CelTimestamp(DateTimeOffset.FromUnixTimeSeconds(a.Int(0))) : new CelError("range error: timestamp overflow")),
        CelOverload.Of("timestamp(string) timestamp", static (a, _) => ReadTimestamp(a.Text(0)) is { } time ? new CelTimestamp(time) : NotA("timestamp", a)),
        CelOverload.Of("duration(duration) duration", static (a, _) => a[0]),
        CelOverload.Of(
            "duration(string) duration", static (a, _) => GoDuration.TryParse(a.Text(0), out var span) ? new CelDuration(span) : NotA("duration", a)),
    ];

    /// <summary>A moment in the form of RFC 3339; null when it is none.</summary>
    public static DateTimeOffset? ReadTimestamp(string text) =>
        text.Length >= 20 && text[10] is 'T' or 't' && (text[^1] is 'Z' or 'z' || text[^6] is '+' or '-')
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    public static string Written(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    public static string Written(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{(decimal)span.Ticks / TimeSpan.TicksPerSecond:0.#######}s");

    private static CelTypeName TypeOf(CelValue value) => new(value switch
    {
        CelNull => "null_type",
        CelTimestamp => "google.protobuf.Timestamp",
        CelDuration => "google.protobuf.Duration",
        _ => value.Type.Name,
    });

    private static CelValue OfBytes(CelValue[] arguments, CelBudget budget)
    {
        budget.ChargeText(arguments.Bytes(0).Length);
        try
        {
            return new CelText(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(arguments.Bytes(0).Span));
        }
        catch (ArgumentException)
        {
            return new CelError("invalid UTF-8 in bytes, cannot convert to string");
        }
    }

    private static CelError NotA(string type, CelValue[] arguments) => new($"type conversion error from '{arguments.Text(0)}' to '{type}'");
}
