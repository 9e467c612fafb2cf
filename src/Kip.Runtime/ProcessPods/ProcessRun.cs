using Kip.Resources;
using Kip.Runtime.Logs;
using Kip.Runtime.Pods;
using Kip.Runtime.Pods.Slots;
using Kip.Runtime.Processes;

namespace Kip.Runtime.ProcessPods;

/// <summary>A bundle's program that runs as a process of this machine.</summary>
internal sealed class ProcessRun(ProcessSpawner spawner, ProcessStart start, RunningProcess process, string imageId, ContainerLog log) : ContainerRun(log)
{
    public override string Id => $"process://{process.Pid}";

    public override string ImageId => imageId;

    public override RunningProcess Process => process;

    public override Task<ContainerExit> Exited { get; } = ExitOf(process);

    public override void Terminate() => process.Terminate();

    public override void Kill() => process.Kill();

    public override async Task<RunningProcess> ExecAsync(ValueList<string> command, ProcessStreams streams, CancellationToken cancel) =>
        Exec(spawner, start, command, streams);

    /// <summary>Runs a program in the surroundings of another.</summary>
    /// <exception cref="ProcessStartException">There is no such program.</exception>
    internal static RunningProcess Exec(ProcessSpawner spawner, ProcessStart beside, ValueList<string> command, ProcessStreams streams)
    {
        if (command.IsEmpty) throw new ProcessStartException("no command was given");
        var program = ProgramPath.Find(command[0], beside.WorkingDirectory, beside.Environment.Get("PATH"))
            ?? throw new ProcessStartException($"exec {command[0]}: not found");
        return spawner.Start(beside with { Program = program, Arguments = command }, streams);
    }

    private static async Task<ContainerExit> ExitOf(RunningProcess process) => ContainerExit.Of(await process.Exited);
}
