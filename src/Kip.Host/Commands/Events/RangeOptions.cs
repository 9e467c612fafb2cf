using System.CommandLine;
using System.Globalization;
using Kip.Host.CommandLine;
using Kip.Rules.Eventing.Cesql;

namespace Kip.Host.Commands.Events;

/// <summary>The options that say which of a log's events are meant.</summary>
internal static class RangeOptions
{
    // Longer than any log, and still a date.
    private static readonly TimeSpan MostAgo = TimeSpan.FromDays(36_500);

    public static Option<string?> From(string otherwise) => new("--from")
    {
        Description = $"The first: an offset, a time like 2026-01-31T12:00:00Z, or how long ago like 10m (default: {otherwise})", HelpName = "TIME|OFFSET",
    };

    public static Option<string?> To() =>
        new("--to") { Description = "The last: an offset, or events before a time", HelpName = "TIME|OFFSET" };

    public static Option<string?> Filter() =>
        new("--filter") { Description = "Only those that pass a CESQL expression", HelpName = "CESQL" };

    /// <summary>What the event API understands: an offset or a time. Durations are taken back from now.</summary>
    /// <exception cref="CommandFailure">The text is none of them.</exception>
    public static string? Point(string option, string? text, DateTimeOffset now)
    {
        if (text is null) return null;
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _)) return text;
        if (Ago(text) is { } ago) return (now - ago).ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time))
            return time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        throw new CommandFailure($"{option} {text} is neither an offset, nor a time like 2026-01-31T12:00:00Z, nor how long ago like 10m");
    }

    /// <summary>Told here, with the place, before anything is asked of the platform.</summary>
    /// <exception cref="CommandFailure">The text is no expression.</exception>
    public static string? Checked(string? filter) => filter is null || CesqlExpression.TryParse(filter, out _, out var error)
        ? filter
        : throw new CommandFailure($"--filter is no CESQL expression: {error}\n  {filter}\n  {new string(' ', error.Position)}^");

    private static TimeSpan? Ago(string text)
    {
        if (text.Length < 2 || !double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return null;
        var seconds = number * text[^1] switch
        {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            _ => double.PositiveInfinity,
        };
        return seconds <= MostAgo.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
    }
}
