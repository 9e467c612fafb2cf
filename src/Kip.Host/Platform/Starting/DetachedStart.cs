using System.Diagnostics;
using Kip.Host.CommandLine;

namespace Kip.Host.Platform.Starting;

/// <summary>Starts the platform in the background, in a session of its own, and waits until it says that it is ready.</summary>
internal static class DetachedStart
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Completes when the platform answers.</summary>
    /// <exception cref="CommandFailure">It ended before it was ready; the message holds what it said.</exception>
    public static async Task<InstanceFile> RunAsync(DataFolder data, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        data.Create();
        var logBefore = File.Exists(data.Log) ? new FileInfo(data.Log).Length : 0;
        using var process = Start(data, arguments);
        await using var progress = Progress.Start("Starting Kip");
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        var waited = Stopwatch.StartNew();
        // The child is another program's session: its state file is the event, and a file can only be looked at.
        while (await timer.WaitForNextTickAsync(cancel))
        {
            if (InstanceFile.Read(data) is { } instance && instance.ProcessId == process.Id) return instance;
            if (process.HasExited) throw new CommandFailure($"Kip did not start: {Said(data, logBefore)}");
            if (waited.Elapsed > Patience) throw new CommandFailure($"Kip was not ready after {Patience.TotalSeconds:0} s; its log is {data.Log}");
        }
        throw new OperationCanceledException(cancel);
    }

    private static Process Start(DataFolder data, IReadOnlyList<string> arguments)
    {
        // setsid without fork execs in place, so the process id stays; the shell only opens the log.
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        foreach (var argument in (string[])["-c", "exec setsid \"$@\" >>\"$0\" 2>&1 </dev/null", data.Log, Environment.ProcessPath!, .. arguments])
            start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new CommandFailure("cannot start a process for Kip");
    }

    private static string Said(DataFolder data, long from)
    {
        using var log = new FileStream(data.Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        log.Seek(from, SeekOrigin.Begin);
        var text = new StreamReader(log).ReadToEnd().Trim();
        return text.StartsWith("kip: ", StringComparison.Ordinal) ? text["kip: ".Length..] : text.Length > 0 ? text : $"see {data.Log}";
    }
}
