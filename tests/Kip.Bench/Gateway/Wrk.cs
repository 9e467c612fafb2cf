using System.Globalization;
using System.Text.RegularExpressions;
using Kip.Testing.Programs;

namespace Kip.Bench.Gateway;

/// <summary>What wrk measured in one round.</summary>
internal sealed record WrkResult(double RequestsPerSecond, double P99Milliseconds, double Errors);

/// <summary>Runs wrk and reads its report.</summary>
internal static partial class Wrk
{
    public static async Task<WrkResult> RunAsync(Uri url, string host, int connections, int seconds)
    {
        var threads = Math.Min(connections, 2);
        var result = await Command.RunAsync(
            "wrk", [$"-t{threads}", $"-c{connections}", $"-d{seconds}s", "--latency", "-H", $"Host: {host}", url.ToString()]);
        return Parse(result.Succeeded().Output);
    }

    internal static WrkResult Parse(string text)
    {
        var rate = double.Parse(Rate().Match(text).Groups[1].Value, CultureInfo.InvariantCulture);
        var tail = P99().Match(text);
        var value = double.Parse(tail.Groups[1].Value, CultureInfo.InvariantCulture);
        var milliseconds = tail.Groups[2].Value switch { "us" => value / 1000, "ms" => value, "s" => value * 1000, _ => value * 60_000 };
        var answers = BadAnswers().Match(text);
        var errors = answers.Success ? double.Parse(answers.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        var sockets = SocketErrors().Match(text);
        for (var i = 1; sockets.Success && i <= 4; i++) errors += double.Parse(sockets.Groups[i].Value, CultureInfo.InvariantCulture);
        return new WrkResult(rate, milliseconds, errors);
    }

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"99%\s+([\d.]+)(us|ms|s|m)")]
    private static partial Regex P99();

    [GeneratedRegex(@"Non-2xx or 3xx responses: (\d+)")]
    private static partial Regex BadAnswers();

    [GeneratedRegex(@"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")]
    private static partial Regex SocketErrors();
}
