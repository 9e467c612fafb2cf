namespace Kip.Host.Invoke;

/// <summary>Shows where the time of one request went.</summary>
internal static class TracePrinter
{
    private const int BarWidth = 30;

    // The gateway's stages in words, each until the next.
    private static readonly Dictionary<string, string> Words = new()
    {
        ["queued"] = "gateway: found no pod, queued",
        ["poked"] = "gateway: told the autoscaler",
        ["decided"] = "autoscaler, Deployment, Pod",
        ["process"] = "runtime: started the process",
        ["app"] = "the application's own start",
        ["ready"] = "gateway: saw the pod ready",
        ["forwarded"] = "gateway: forwarded",
        ["firstbyte"] = "the application's answer",
        ["total"] = "total in the gateway",
    };

    /// <summary>One line per stage with a bar, then the total as the client saw it.</summary>
    public static void Print(TextWriter output, IReadOnlyList<Stage> stages, TimeSpan total)
    {
        output.WriteLine();
        foreach (var stage in stages)
        {
            var share = stage.Name == "total" ? 0 : Math.Clamp(stage.Milliseconds / total.TotalMilliseconds, 0, 1);
            var bar = new string('█', (int)Math.Round(BarWidth * share));
            output.WriteLine($"  {stage.Description ?? Words.GetValueOrDefault(stage.Name, stage.Name),-34} {stage.Milliseconds,9:0.0} ms  {bar}");
        }
        output.WriteLine($"  {"total, seen by the client",-34} {total.TotalMilliseconds,9:0.0} ms");
    }
}
