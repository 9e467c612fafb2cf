using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Kip.Bench.Gateway;

/// <summary>One run of the load generator <c>wrk</c>.</summary>
/// <param name="RequestsPerSecond">Answers per second.</param>
/// <param name="P99Ms">99 of 100 answers came within so many milliseconds.</param>
/// <param name="Failures">Socket errors and answers that were not 2xx or 3xx.</param>
internal sealed partial record WrkRun(double RequestsPerSecond, double P99Ms, int Failures)
{
    public static async Task<WrkRun> RunAsync(int port, int connections, int seconds)
    {
        var start = new ProcessStartInfo("wrk") { RedirectStandardOutput = true };
        string[] arguments =
        [
            "-t", Math.Min(2, connections).ToString(), "-c", connections.ToString(), "-d", $"{seconds}s", "--latency",
            "-H", "Host: bench.default.localhost", $"http://127.0.0.1:{port}/",
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return Parse(text);
    }

    public static WrkRun Parse(string text)
    {
        var failures = Failed().Matches(text).Sum(static m => m.Groups[1].Captures.Sum(static c => int.Parse(c.Value)));
        return new(Number(Rate().Match(text).Groups[1].Value), Milliseconds(P99().Match(text)), failures);
    }

    private static double Milliseconds(Match match) => Number(match.Groups[1].Value) * match.Groups[2].Value switch
    {
        "us" => 0.001,
        "s" => 1000,
        _ => 1,
    };

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"99%\s+([\d.]+)(us|ms|s)")]
    private static partial Regex P99();

    [GeneratedRegex(@"(?:Non-2xx or 3xx responses: |Socket errors: .*?)(?:\D*(\d+))+")]
    private static partial Regex Failed();
}
