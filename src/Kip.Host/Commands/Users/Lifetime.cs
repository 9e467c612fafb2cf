using System.Globalization;
using Kip.Host.CommandLine;

namespace Kip.Host.Commands.Users;

/// <summary>Reads how long a credential is to be good.</summary>
internal static class Lifetime
{
    private static readonly TimeSpan Least = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Most = TimeSpan.FromDays(3650);

    /// <summary>Reads <c>90m</c>, <c>12h</c> or <c>30d</c>.</summary>
    /// <exception cref="CommandFailure">It is none of them, shorter than ten minutes or longer than ten years.</exception>
    public static TimeSpan Parse(string text)
    {
        var number = text.Length > 1 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : 0;
        var lifetime = text[^1..] switch
        {
            "m" => TimeSpan.FromMinutes(number),
            "h" => TimeSpan.FromHours(number),
            "d" when number <= Most.TotalDays => TimeSpan.FromDays(number),
            _ => TimeSpan.Zero,
        };
        return lifetime >= Least && lifetime <= Most ? lifetime
            : throw new CommandFailure($"--expires {text} is not a time from 10m to 3650d, such as 90m, 12h or 30d");
    }
}
