using System.Globalization;
using System.Text;
using Kip.Rules.Scaling.Simulation;

namespace Kip.Host.Commands.Simulate;

/// <summary>Draws a simulation as an SVG picture: requests per second, ready pods, and requests that wait, over one axis of time.</summary>
internal static class SimulationPlot
{
    private const int Width = 960;
    private const int Left = 60;
    private const int Right = 20;
    private const int PanelHeight = 150;
    private const int PanelGap = 45;
    private const int Top = 50;
    private const int Columns = Width - Left - Right;

    private static readonly string[] Colours = ["#1f77b4", "#d95f02", "#1b9e77", "#7570b3"];

    /// <summary>The picture as a whole document.</summary>
    public static string Draw(IReadOnlyList<TraceRequest> trace, IReadOnlyList<SimulationResult> results)
    {
        var horizon = results[0].Horizon;
        var svg = new StringBuilder();
        var height = Top + (3 * (PanelHeight + PanelGap));
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{height}" viewBox="0 0 {Width} {height}"
             font-family="sans-serif" font-size="12">
            """);
        svg.Append("""<rect width="100%" height="100%" fill="white"/>""");
        Legend(svg, results);
        Panel(svg, 0, "requests/s", horizon, [("#888888", Arrivals(trace, horizon))]);
        Panel(svg, 1, "ready pods", horizon, [.. results.Select((r, i) => (Colours[i % Colours.Length], Steps(r, static s => s.Ready)))]);
        Panel(svg, 2, "requests waiting", horizon, [.. results.Select((r, i) => (Colours[i % Colours.Length], Steps(r, static s => s.Waiting)))]);
        return svg.Append("</svg>\n").ToString();
    }

    private static void Legend(StringBuilder svg, IReadOnlyList<SimulationResult> results)
    {
        for (var i = 0; i < results.Count; i++)
        {
            var text = string.Create(CultureInfo.InvariantCulture,
                $"{results[i].Name}: {results[i].PodSeconds:0.#} pod-seconds, waiting p99 {results[i].Delay(0.99).TotalMilliseconds:0.#} ms, "
                + $"{results[i].ColdStarts} cold starts");
            svg.Append(CultureInfo.InvariantCulture, $"""<rect x="{Left}" y="{8 + (i * 17)}" width="12" height="10" fill="{Colours[i % Colours.Length]}"/>""");
            svg.Append(CultureInfo.InvariantCulture, $"""<text x="{Left + 18}" y="{17 + (i * 17)}">{System.Security.SecurityElement.Escape(text)}</text>""");
        }
    }

    private static void Panel(StringBuilder svg, int number, string title, TimeSpan horizon, IReadOnlyList<(string Colour, double[] Values)> lines)
    {
        var top = Top + (number * (PanelHeight + PanelGap));
        var bottom = top + PanelHeight;
        var most = Math.Max(1, lines.Max(static l => l.Values.Max()));
        svg.Append(CultureInfo.InvariantCulture, $"""<text x="{Left}" y="{top - 6}" font-weight="bold">{title}</text>""");
        svg.Append(CultureInfo.InvariantCulture, $"""<path d="M{Left} {top}V{bottom}H{Width - Right}" fill="none" stroke="#444444"/>""");
        svg.Append(
            CultureInfo.InvariantCulture,
            $"""<text x="{Left - 6}" y="{top + 10}" text-anchor="end">{most:0.##}</text><text x="{Left - 6}" y="{bottom}" text-anchor="end">0</text>""");
        for (var tick = 0; tick <= 6; tick++)
        {
            var x = Left + (tick * Columns / 6);
            svg.Append(
                CultureInfo.InvariantCulture,
                $"""<text x="{x}" y="{bottom + 16}" text-anchor="{(tick == 6 ? "end" : "middle")}">{horizon.TotalSeconds * tick / 6:0.#} s</text>""");
        }
        foreach (var (colour, values) in lines)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\" points=\"");
            for (var x = 0; x < values.Length; x++)
                svg.Append(CultureInfo.InvariantCulture, $"{Left + x},{bottom - (values[x] / most * (PanelHeight - 5)):0.#} ");
            svg.Append("\"/>");
        }
    }

    // One value per pixel: requests in that stretch of time, as a rate.
    private static double[] Arrivals(IReadOnlyList<TraceRequest> trace, TimeSpan horizon)
    {
        var counts = new double[Columns];
        foreach (var request in trace) counts[Math.Clamp((int)(request.At / horizon * Columns), 0, Columns - 1)]++;
        var seconds = horizon.TotalSeconds / Columns;
        return [.. counts.Select(c => c / seconds)];
    }

    // The highest value of each pixel's stretch: what is over quickly is seen all the same.
    private static double[] Steps(SimulationResult result, Func<PodSample, int> value)
    {
        var values = new double[Columns];
        var (at, current) = (0, 0);
        for (var x = 0; x < Columns; x++)
        {
            var end = result.Horizon * ((x + 1.0) / Columns);
            values[x] = current;
            for (; at < result.Samples.Count && result.Samples[at].At < end; at++)
            {
                current = value(result.Samples[at]);
                values[x] = Math.Max(values[x], current);
            }
        }
        return values;
    }
}
