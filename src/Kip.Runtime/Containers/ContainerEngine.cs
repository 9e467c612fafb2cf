using Kip.Runtime.Containers.Cgroups;
using Kip.Runtime.Containers.Oci;
using Kip.Runtime.Networking;
using Kip.Runtime.Processes;
using Kip.Runtime.Recovery;
using Microsoft.Extensions.Logging;

namespace Kip.Runtime.Containers;

/// <summary>All that containers of this platform share on this machine: the mount thread, the OCI runtime, cgroups, the network.</summary>
internal sealed partial class ContainerEngine : IAsyncDisposable
{
    private readonly ILogger _logger;
    private readonly string _execFolder;
    private long _execs;

    private ContainerEngine(
        ContainerOptions options, string program, PlatformNames names, ProcessMarks marks, MountThread mounts, ProcessSpawner spawner,
        TimeProvider time, ILogger logger)
    {
        (Options, Names, Mounts, Spawner, Time, _logger) = (options, names, mounts, spawner, time, logger);
        Runtime = new OciRuntime(program, Directory.CreateDirectory(Path.Combine(names.RunFolder, "oci")).FullName, marks.RuntimeId);
        Cgroups = new CgroupTree(names.Cgroup);
        _execFolder = Directory.CreateDirectory(Path.Combine(names.RunFolder, "exec")).FullName;
    }

    public ContainerOptions Options { get; }

    public PlatformNames Names { get; }

    public MountThread Mounts { get; }

    public OciRuntime Runtime { get; }

    public CgroupTree Cgroups { get; }

    public PodNetwork Network { get; private set; } = null!;

    public ProcessSpawner Spawner { get; }

    public TimeProvider Time { get; }

    /// <summary>A file for the process id of a program that is run in a container; not on a disk.</summary>
    public string NewExecFile() => Path.Combine(_execFolder, $"{Interlocked.Increment(ref _execs)}.pid");

    /// <summary>Brings everything up.</summary>
    /// <exception cref="IOException">The machine does not let us; the message says what is missing.</exception>
    public static async Task<ContainerEngine> StartAsync(
        ContainerOptions options, string dataDirectory, ProcessMarks marks, ProcessSpawner spawner, TimeProvider time, ILogger logger, CancellationToken cancel)
    {
        if (ContainerSupport.Missing(options.Runtime) is { } missing) throw new IOException(missing);
        var names = new PlatformNames(marks.RuntimeId);
        var engine = new ContainerEngine(options, OciRuntime.Find(options.Runtime)!, names, marks, await MountThread.StartAsync(), spawner, time, logger);
        try
        {
            engine.Network = await PodNetwork.StartAsync(names, dataDirectory, marks.RuntimeId, options, time, logger, cancel);
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
        return engine;
    }

    /// <summary>Takes away what a run that has ended had on the machine: its root, its cgroup, what the runtime knows of it.</summary>
    public async Task CleanUpAsync(OciContainer container)
    {
        try
        {
            Cgroups.Remove(container.Cgroup);
            Runtime.Forget(container.Id);
            await Mounts.RunAsync(container.Bundle.Unmount);
            // What a container wrote may be much, and nobody who is to be started should wait for it.
            container.Bundle.Delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotCleaned(container.Id, e.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Network is not null) await Network.DisposeAsync();
        try
        {
            Cgroups.RemoveAll();
            if (Directory.Exists(Names.RunFolder)) Directory.Delete(Names.RunFolder, recursive: true);
        }
        catch (IOException e)
        {
            LogNotCleaned(Names.Cgroup, e.Message);
        }
        Mounts.Dispose();
    }

    [LoggerMessage(630, LogLevel.Warning, "Container {id}: not everything could be removed: {reason}")]
    private partial void LogNotCleaned(string id, string reason);
}
