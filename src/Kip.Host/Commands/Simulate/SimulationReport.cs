using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kip.Host.CommandLine;
using Kip.Rules.Scaling.Simulation;

namespace Kip.Host.Commands.Simulate;

/// <summary>The results of a simulation for people and for programs, several side by side.</summary>
internal static class SimulationReport
{
    private const int Strips = 24;
    private const string Bars = " ▁▂▃▄▅▆▇█";

    /// <summary>A table, one column per configuration, and the pods over time below.</summary>
    public static void Print(TextWriter output, IReadOnlyList<SimulationResult> results)
    {
        var table = new TextTable([.. (string[])[""], .. results.Select(static r => r.Name)]);
        Row("requests", static r => Count(r.Requests));
        Row("served", static r => Count(r.Delays.Count));
        Row("refused (503)", static r => Count(r.Refused));
        Row("timed out waiting (504)", static r => Count(r.TimedOut));
        Row("cold starts", static r => Count(r.ColdStarts));
        Row("requests that met no pod", static r => Count(r.ColdRequests));
        Row("waiting p50", static r => Milliseconds(r.Delay(0.5)));
        Row("waiting p90", static r => Milliseconds(r.Delay(0.9)));
        Row("waiting p99", static r => Milliseconds(r.Delay(0.99)));
        Row("waiting longest", static r => Milliseconds(r.Delay(1)));
        Row("most pods", static r => Count(r.MostPods));
        Row("pods started", static r => Count(r.PodsStarted));
        Row("pod-seconds", static r => Number(r.PodSeconds));
        Row("of these busy", static r => r.PodSeconds > 0 ? $"{(100 * r.BusyPodSeconds / r.PodSeconds).ToString("0", CultureInfo.InvariantCulture)} %" : "-");
        table.Print(output);
        output.WriteLine();
        foreach (var result in results)
        {
            var seconds = result.Horizon.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
            output.WriteLine($"pods  {Strip(result)}  0 to {result.MostPods}, {seconds} s  {(results.Count > 1 ? result.Name : "")}".TrimEnd());
        }

        void Row(string name, Func<SimulationResult, string> cell) => table.Row([.. (string[])[name], .. results.Select(cell)]);
    }

    /// <summary>The results as JSON: an array, one object per configuration.</summary>
    public static string Json(IReadOnlyList<SimulationResult> results) =>
        JsonSerializer.Serialize([.. results.Select(SimulationFigures.Of)], SimulationJson.Default.SimulationFiguresArray);

    // The most ready pods of each stretch of time, as one character.
    private static string Strip(SimulationResult result)
    {
        var most = new int[Strips * 2];
        var (at, ready) = (0, 0);
        for (var i = 0; i < most.Length; i++)
        {
            var end = result.Horizon * ((i + 1.0) / most.Length);
            most[i] = ready;
            for (; at < result.Samples.Count && result.Samples[at].At < end; at++)
            {
                ready = result.Samples[at].Ready;
                most[i] = Math.Max(most[i], ready);
            }
        }
        var top = Math.Max(1, most.Max());
        return string.Concat(most.Select(n => Bars[(int)Math.Ceiling((double)n * (Bars.Length - 1) / top)]));
    }

    private static string Count(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Number(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);

    private static string Milliseconds(TimeSpan span) => $"{span.TotalMilliseconds.ToString("0.#", CultureInfo.InvariantCulture)} ms";
}

/// <summary>What <c>kip simulate -o json</c> prints of one configuration. Times are in milliseconds or, for pods, seconds from the first request.</summary>
internal sealed record SimulationFigures(
    string Name, int Requests, int Served, int Refused, int TimedOut, int ColdStarts, int ColdRequests, double WaitingP50, double WaitingP90, double WaitingP99,
    double WaitingMax, int MostPods, int PodsStarted, double PodSeconds, double BusyPodSeconds, double HorizonSeconds, IReadOnlyList<PodFigure> Pods)
{
    public static SimulationFigures Of(SimulationResult r) => new(
        r.Name, r.Requests, r.Delays.Count, r.Refused, r.TimedOut, r.ColdStarts, r.ColdRequests, r.Delay(0.5).TotalMilliseconds, r.Delay(0.9).TotalMilliseconds,
        r.Delay(0.99).TotalMilliseconds, r.Delay(1).TotalMilliseconds, r.MostPods, r.PodsStarted, Math.Round(r.PodSeconds, 3), Math.Round(r.BusyPodSeconds, 3),
        r.Horizon.TotalSeconds, [.. r.Samples.Select(static s => new PodFigure(Math.Round(s.At.TotalSeconds, 6), s.Wanted, s.Ready, s.Waiting))]);
}

/// <summary>The pods at a moment.</summary>
internal sealed record PodFigure(double At, int Wanted, int Ready, int Waiting);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(SimulationFigures[]))]
internal sealed partial class SimulationJson : JsonSerializerContext;
