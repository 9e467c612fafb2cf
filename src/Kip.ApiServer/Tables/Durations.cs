namespace Kip.ApiServer.Tables;

/// <summary>Durations as kubectl shows them: short, and coarser the longer they are.</summary>
public static class Durations
{
    /// <summary>
    /// The time from then until now: <c>45s</c>, <c>5m30s</c>, <c>3h20m</c>, <c>2d5h</c>, <c>90d</c>, <c>3y40d</c>; <c>&lt;unknown&gt;</c> without a
    /// time.
    /// </summary>
    public static string Since(DateTimeOffset? then, DateTimeOffset now) => then is { } time ? Short(now - time) : "<unknown>";

    /// <inheritdoc cref="Since"/>
    public static string Short(TimeSpan duration)
    {
        var seconds = (long)duration.TotalSeconds;
        // A little skew between clocks is no news; more of it is.
        if (seconds < -1) return "<invalid>";
        if (seconds < 0) return "0s";
        var minutes = seconds / 60;
        var hours = minutes / 60;
        var days = hours / 24;
        if (seconds < 120) return $"{seconds}s";
        if (minutes < 10) return Two(minutes, "m", seconds % 60, "s");
        if (minutes < 180) return $"{minutes}m";
        if (hours < 8) return Two(hours, "h", minutes % 60, "m");
        if (hours < 48) return $"{hours}h";
        if (days < 8) return Two(days, "d", hours % 24, "h");
        if (days < 365 * 2) return $"{days}d";
        return days < 365 * 8 ? Two(days / 365, "y", days % 365, "d") : $"{days / 365}y";
    }

    private static string Two(long large, string largeUnit, long small, string smallUnit) =>
        small == 0 ? $"{large}{largeUnit}" : $"{large}{largeUnit}{small}{smallUnit}";
}
