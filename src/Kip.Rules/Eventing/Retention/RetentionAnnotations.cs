using System.Globalization;
using Kip.Resources;
using Kip.Rules.Admission;

namespace Kip.Rules.Eventing.Retention;

/// <summary>What a Broker's or channel's annotations, and the ConfigMap <c>config-event-log</c>, say about how long events are kept.</summary>
public static class RetentionAnnotations
{
    /// <summary>The ConfigMap with the defaults, in Eventing's namespace: the same keys without <see cref="Prefix"/>.</summary>
    public const string MapName = "config-event-log";
    public const string Prefix = "kip.dev/";

    public const string Time = "kip.dev/retention-time";
    public const string Bytes = "kip.dev/retention-bytes";
    public const string Full = "kip.dev/retention-when-full";

    public static IReadOnlyList<string> Keys { get; } = [Time, Bytes, Full];

    /// <summary>No log is kept smaller: it is removed in pieces.</summary>
    public const long LeastBytes = 8L << 20;

    private static readonly (string Suffix, long Factor)[] Units =
        [("Ki", 1L << 10), ("Mi", 1L << 20), ("Gi", 1L << 30), ("Ti", 1L << 40), ("k", 1000), ("M", 1_000_000), ("G", 1_000_000_000), ("T", 1_000_000_000_000)];

    /// <summary>The policy: annotation, else ConfigMap, else default. What cannot be read counts as not said.</summary>
    /// <param name="defaults">The data of <see cref="MapName"/>.</param>
    public static RetentionPolicy Read(StringMap annotations, StringMap defaults)
    {
        var policy = new RetentionPolicy();
        foreach (var (time, bytes, full) in new[]
        {
            (defaults.Get("retention-time"), defaults.Get("retention-bytes"), defaults.Get("retention-when-full")),
            (annotations.Get(Time), annotations.Get(Bytes), annotations.Get(Full)),
        })
        {
            if (TryReadTime(time, out var kept)) policy = policy with { Time = kept };
            if (TryReadBytes(bytes, out var size)) policy = policy with { Bytes = size };
            if (TryReadFull(full, out var whenFull)) policy = policy with { WhenFull = whenFull };
        }
        return policy;
    }

    /// <summary>What would have been right in place of a value that cannot be read; null for one that can.</summary>
    /// <param name="key">One of the annotations.</param>
    public static string? Expected(string key, string text) => key switch
    {
        Time => TryReadTime(text, out _) ? null : "expected a time such as '36h' or 'P3D', longer than nothing",
        Bytes => TryReadBytes(text, out _) ? null : "expected a size such as '512Mi', at least 8Mi",
        Full => TryReadFull(text, out _) ? null : "expected either 'drop-oldest' or 'refuse'",
        _ => null,
    };

    /// <summary>What is wrong with the ConfigMap's data.</summary>
    internal static IReadOnlyList<FieldError> Validate(StringMap data) =>
    [
        .. from key in Keys
           let name = key[Prefix.Length..]
           where data.Get(name) is not null && Expected(key, data.Get(name)!) is not null
           select new FieldError($"data[{name}]", "FieldValueInvalid", $"invalid value: {data.Get(name)}: {Expected(key, data.Get(name)!)}"),
    ];

    /// <summary>Reads <c>36h</c> or <c>P3D</c>; more than nothing.</summary>
    public static bool TryReadTime(string? text, out TimeSpan time) =>
        (GoDuration.TryParse(text, out time) || IsoDuration.TryParse(text, out time)) && time > TimeSpan.Zero;

    /// <summary>Reads a Kubernetes quantity of bytes such as <c>512Mi</c>; at least <see cref="LeastBytes"/>.</summary>
    public static bool TryReadBytes(string? text, out long bytes)
    {
        bytes = 0;
        if (string.IsNullOrEmpty(text)) return false;
        var (suffix, factor) = Units.FirstOrDefault(unit => text.EndsWith(unit.Suffix, StringComparison.Ordinal), ("", 1));
        if (!long.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return false;
        if (count > long.MaxValue / factor) return false;
        bytes = count * factor;
        return bytes >= LeastBytes;
    }

    /// <summary>Reads <c>drop-oldest</c> or <c>refuse</c>.</summary>
    public static bool TryReadFull(string? text, out WhenFull whenFull)
    {
        whenFull = text == "refuse" ? WhenFull.Refuse : WhenFull.DropOldest;
        return text is "refuse" or "drop-oldest";
    }
}
