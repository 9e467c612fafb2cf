using System.Globalization;

namespace Kip.Runtime.Containers;

/// <summary>How many files a container's process may have open.</summary>
internal static class OpenFiles
{
    private const long Wanted = 1_048_576;

    /// <summary>As many as container tools give, or as Kip itself may have where that is fewer: not every root may raise it.</summary>
    public static long Most { get; } = Read();

    private static long Read()
    {
        var line = File.ReadLines("/proc/self/limits").FirstOrDefault(static l => l.StartsWith("Max open files", StringComparison.Ordinal));
        var fields = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields is { Length: >= 5 } && long.TryParse(fields[4], NumberStyles.None, CultureInfo.InvariantCulture, out var hard)
            ? Math.Min(Wanted, hard)
            : Wanted;
    }
}
