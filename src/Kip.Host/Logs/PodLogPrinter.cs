using Kip.Client.Pods;
using Kip.Host.CommandLine;

namespace Kip.Host.Logs;

/// <summary>Copies one pod's log to the terminal, line by line so that pods do not cut into each other's lines.</summary>
internal static class PodLogPrinter
{
    public static async Task PrintAsync(Connection connection, string pod, PodLogOptions request, string? prefix, CancellationToken cancel)
    {
        await using var log = await connection.OpenLogAsync(pod, request, cancel);
        using var reader = new StreamReader(log);
        while (await reader.ReadLineAsync(cancel) is { } line)
            Console.Out.WriteLine(prefix is null ? line : $"[{prefix}] {line}");
    }
}
