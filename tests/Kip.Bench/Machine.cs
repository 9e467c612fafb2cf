namespace Kip.Bench;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    /// <summary>Processor, cores, memory and kernel, from proc(5).</summary>
    public static string Describe()
    {
        var model = Line("/proc/cpuinfo", "model name") ?? "unknown processor";
        var memory = long.Parse(Line("/proc/meminfo", "MemTotal")!.Split(' ')[0]) / (1024.0 * 1024.0);
        return $"{model}, {Environment.ProcessorCount} cores, {memory:0} GiB, Linux {Environment.OSVersion.Version}, .NET {Environment.Version}";
    }

    private static string? Line(string file, string key) =>
        File.ReadLines(file).FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
}
