using System.Globalization;
using Kip.Resources;
using Kip.Runtime.Processes;

namespace Kip.Runtime.Containers.Oci;

/// <summary>A program that is run in a container beside its own. Ending the runtime's process alone would leave it running.</summary>
internal sealed class OciExec(ContainerEngine engine, OciContainer container)
{
    // A runtime that has not told the program's id by then will not: it hangs before it, and is ended itself.
    private const int RoundsForId = 500;
    private const int Sweeps = 100;
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(10);

    private readonly string _pidFile = engine.NewExecFile();
    private int _ending;

    /// <summary>Starts it.</summary>
    /// <exception cref="ProcessStartException">The runtime cannot be started; a program that is not there ends with the runtime's code.</exception>
    public async Task<RunningProcess> StartAsync(ValueList<string> command, ProcessStreams streams)
    {
        var start = engine.Runtime.Exec(container.Id, container.Bundle.LogPath, _pidFile, container.PodUid, command, streams.HasTerminal);
        var runtime = await engine.Mounts.RunAsync(() => engine.Spawner.Start(start, streams, End));
        _ = ForgetAsync(runtime);
        return runtime;
    }

    private void End(RunningProcess runtime)
    {
        if (!runtime.Exited.IsCompleted && Interlocked.Exchange(ref _ending, 1) == 0) _ = EndAsync(runtime);
    }

    private async Task EndAsync(RunningProcess runtime)
    {
        // The runtime ends when the program does, and not before its id is known: between the two nobody would find the program.
        for (var round = 0; !runtime.Exited.IsCompleted; round++)
        {
            if (ReadPid() is { } pid) engine.Cgroups.KillTree(container.Cgroup, pid);
            else if (round >= RoundsForId) runtime.Signal(LibC.SigKill);
            await Task.WhenAny(runtime.Exited, Task.Delay(Round, engine.Time));
        }
    }

    private async Task ForgetAsync(RunningProcess runtime)
    {
        await runtime.Exited;
        if (_ending == 1 && ReadPid() is { } pid)
        {
            // What it was just starting when it was killed.
            for (var sweep = 0; sweep < Sweeps && engine.Cgroups.KillTree(container.Cgroup, pid) > 0; sweep++) await Task.Delay(Round, engine.Time);
        }
        try
        {
            File.Delete(_pidFile);
        }
        catch (IOException)
        {
            // The folder has gone, with the platform.
        }
    }

    private int? ReadPid()
    {
        try
        {
            return int.TryParse(File.ReadAllText(_pidFile), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var pid) && pid > 0 ? pid : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
