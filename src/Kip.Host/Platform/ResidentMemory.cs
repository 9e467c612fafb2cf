namespace Kip.Host.Platform;

/// <summary>How much memory a process holds, as the kernel counts it.</summary>
public static class ResidentMemory
{
    /// <summary>Resident set in megabytes (2^20 bytes): <c>VmRSS</c> of proc(5).</summary>
    public static double Megabytes(int processId)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(static l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024.0;
    }
}
