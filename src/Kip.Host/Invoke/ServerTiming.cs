using System.Globalization;

namespace Kip.Host.Invoke;

/// <summary>One stage of a request as the gateway measured it.</summary>
public sealed record Stage(string Name, double Milliseconds, string? Description);

/// <summary>Reads the <c>Server-Timing</c> header (W3C Server Timing, section 4).</summary>
public static class ServerTiming
{
    /// <summary>The stages in the order of the header; metrics without a duration are left out.</summary>
    public static IReadOnlyList<Stage> Parse(IEnumerable<string> headers) =>
        [.. headers.SelectMany(static h => h.Split(',')).Select(Stage).OfType<Stage>()];

    private static Stage? Stage(string metric)
    {
        var parts = metric.Split(';', StringSplitOptions.TrimEntries);
        var duration = Parameter(parts, "dur");
        return parts[0].Length > 0 && double.TryParse(duration, NumberStyles.Float, CultureInfo.InvariantCulture, out var milliseconds)
            ? new Stage(parts[0], milliseconds, Parameter(parts, "desc"))
            : null;
    }

    private static string? Parameter(string[] parts, string name) =>
        parts.Skip(1).FirstOrDefault(p => p.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..].Trim('"');
}
