using System.Runtime.InteropServices;
using Kip.Runtime.Processes;

namespace Kip.Runtime.Containers;

/// <summary>
/// The thread with a mount namespace of its own: all that is mounted for containers is mounted there, and every OCI runtime started from there.
/// </summary>
/// <remarks>The machine's mount table stays as it was, and the mounts go with the last process that sees them, however Kip ends.</remarks>
internal sealed class MountThread : IDisposable
{
    private readonly OwnThread _thread = new("kip-mounts");

    /// <summary>Starts the thread and takes it into its namespace.</summary>
    /// <exception cref="IOException">The kernel refuses.</exception>
    public static async Task<MountThread> StartAsync()
    {
        var made = new MountThread();
        try
        {
            await made._thread.RunAsync(Separate);
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    public Task<T> RunAsync<T>(Func<T> work) => _thread.RunAsync(work);

    public Task RunAsync(Action work) => _thread.RunAsync(work);

    public void Dispose() => _thread.Dispose();

    /// <summary>Mounts; to be called on this thread.</summary>
    /// <exception cref="IOException">The kernel refuses.</exception>
    public static void Mount(string source, string target, string? type, nuint flags, string? data) =>
        Checked(LibC.Mount(source, target, type, flags, data), $"mount {type ?? source} at {target}");

    /// <summary>Takes a mount away as soon as nobody uses it any more; one that is not there is no mistake.</summary>
    public static void Unmount(string target) => _ = LibC.Unmount(target, LibC.UnmountDetach);

    private static void Separate()
    {
        Checked(LibC.Unshare(LibC.NewMountNamespace), "a mount namespace of its own");
        // What the machine mounts later is seen; what is mounted here is seen by nobody else.
        Checked(LibC.Mount("none", "/", null, LibC.MountSlave | LibC.MountRecursive, null), "separate mounts");
        // crun refuses hybrid cgroups whose second hierarchy has controllers. Limits are the first one's matter then, so it need not see the second.
        if (File.Exists("/sys/fs/cgroup/unified/cgroup.controllers"))
            Checked(LibC.Unmount("/sys/fs/cgroup/unified", LibC.UnmountDetach), "hide the unified cgroups");
    }

    private static void Checked(int result, string what)
    {
        if (result < 0) throw new IOException($"{what}: {Marshal.GetLastPInvokeErrorMessage()}");
    }
}
