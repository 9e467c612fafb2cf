using System.CommandLine;
using System.Runtime.InteropServices;
using Kip.Host.CommandLine;
using Kip.Host.Platform;
using Kip.Host.Platform.Starting;
using Kip.Runtime.Recovery;

namespace Kip.Host.Commands;

/// <summary><c>kip down</c>: ends the platform that runs over a data folder, gracefully.</summary>
internal static partial class DownCommand
{
    private const int Sigterm = 15;
    private const int Sigkill = 9;
    private static readonly Option<string?> Data = PlatformOptionSymbols.Data;
    private static readonly Option<int> Timeout = new("--timeout")
    {
        Description = "Seconds to wait for requests and pods to end before the platform is killed",
        DefaultValueFactory = static _ => 60,
        HelpName = "SECONDS",
    };

    public static Verb Make() => new Verb("down", "Stop the platform. What it stores stays.", "kip down", "kip down --data /srv/kip")
        .With(Data).With(Timeout)
        .Does(RunAsync);

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var data = DataFolder.Choose(parsed.GetValue(Data));
        var patience = TimeSpan.FromSeconds(GlobalOptions.AtLeast(0, parsed.GetValue(Timeout), "--timeout"));
        if (InstanceFile.Read(data) is not { } running)
        {
            Console.Out.WriteLine($"Kip is not running over {data.Root}.");
            return;
        }
        await StopAsync(running, patience, cancel);
        Console.Out.WriteLine("Kip has stopped.");
    }

    private static async Task StopAsync(InstanceFile running, TimeSpan patience, CancellationToken cancel)
    {
        await using var progress = Progress.Start($"Stopping Kip (pid {running.ProcessId})");
        Signal(running, Sigterm);
        if (await GoneAsync(running, patience, cancel)) return;
        Signal(running, Sigkill);
        await GoneAsync(running, TimeSpan.FromSeconds(5), cancel);
        throw new CommandFailure(
            $"Kip did not stop within {patience.TotalSeconds:0} s and was killed; nothing acknowledged is lost, leftover pods end at the next start");
    }

    private static void Signal(InstanceFile running, int signal)
    {
        if (Kill(running.ProcessId, signal) != 0 && ProcessTable.Read(running.ProcessId)?.StartTime == running.ProcessStartTicks)
            throw new CommandFailure($"Kip (pid {running.ProcessId}) belongs to another user; stop it as that user");
    }

    // Another process cannot be waited for by event without being its parent, so its state is polled.
    private static async Task<bool> GoneAsync(InstanceFile running, TimeSpan timeout, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var waited = TimeSpan.Zero; waited < timeout; waited += timer.Period)
        {
            if (ProcessTable.Read(running.ProcessId)?.StartTime != running.ProcessStartTicks) return true;
            await timer.WaitForNextTickAsync(cancel);
        }
        return false;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
