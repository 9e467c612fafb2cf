using System.Globalization;

namespace Kip.Runtime.Usage;

/// <summary>The machine's memory, as <c>/proc/meminfo</c> tells it, in bytes.</summary>
internal static class MachineMemory
{
    public static long Total => Read("MemTotal:");

    /// <summary>What programs could still get without anything being swapped out.</summary>
    public static long Available => Read("MemAvailable:");

    private static long Read(string name)
    {
        foreach (var line in File.ReadLines("/proc/meminfo"))
            if (line.StartsWith(name, StringComparison.Ordinal))
                return long.Parse(line.AsSpan(name.Length).Trim().TrimEnd(" kB"), NumberStyles.None, CultureInfo.InvariantCulture) * 1024;
        return 0;
    }
}
