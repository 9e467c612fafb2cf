namespace Kip.Host.Invoke;

/// <summary>Shows where the time of one request went.</summary>
internal static class TracePrinter
{
    private const int BarWidth = 30;

    /// <summary>One line per stage with a bar, then the total as the client saw it.</summary>
    public static void Print(TextWriter output, IReadOnlyList<Stage> stages, TimeSpan total)
    {
        output.WriteLine();
        foreach (var stage in stages)
        {
            var bar = new string('█', (int)Math.Round(BarWidth * Math.Clamp(stage.Milliseconds / total.TotalMilliseconds, 0, 1)));
            output.WriteLine($"  {stage.Description ?? stage.Name,-34} {stage.Milliseconds,9:0.0} ms  {bar}");
        }
        output.WriteLine($"  {"total, seen by the client",-34} {total.TotalMilliseconds,9:0.0} ms");
    }
}
