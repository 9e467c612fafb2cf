using System.Runtime.InteropServices;
using Kip.Runtime.Containers;
using Kip.Runtime.Pods;
using Kip.Runtime.Pods.Slots;
using Kip.Runtime.Processes;
using Microsoft.Win32.SafeHandles;

namespace Kip.Runtime.Volumes;

/// <summary>A part of a volume, found without following a link out of the volume: a container may have put one there before it was restarted.</summary>
internal static class SubPath
{
    private const ulong PathOnly = 0x200000;
    private const ulong Folder = 0x10000;
    private const ulong NoFollow = 0x20000;

    /// <summary>Mounts the part at a place of Kip's own, from where a container can be given it. On the mount thread.</summary>
    /// <param name="volume">The volume's folder.</param>
    /// <param name="path">The part; a folder that is not there is made.</param>
    /// <param name="target">Where to mount it; removed with the container's bundle.</param>
    /// <exception cref="ContainerSetupException">It leads out of the volume.</exception>
    public static void Mount(string volume, string path, string target)
    {
        using var root = Handle(LibC.Open(volume, (int)(PathOnly | Folder) | LibC.CloseOnExec), volume);
        var found = LibC.OpenInRoot((int)root.DangerousGetHandle(), path, PathOnly | LibC.CloseOnExec);
        using var part = found >= 0 ? Handle(found, path) : Make(root, path);
        var source = $"/proc/self/fd/{part.DangerousGetHandle()}";
        if (Directory.Exists(source)) Directory.CreateDirectory(target);
        else
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllText(target, "");
        }
        // Through the thread's own descriptor: what was looked at is what is mounted.
        MountThread.Mount($"/proc/thread-self/fd/{part.DangerousGetHandle()}", target, null, LibC.MountBind, null);
    }

    private static SafeFileHandle Make(SafeFileHandle root, string path)
    {
        var at = root;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (name is "." or "..") throw new ContainerSetupException("CreateContainerConfigError", $"subPath \"{path}\" leads out of its volume");
            _ = LibC.MakeDirectory((int)at.DangerousGetHandle(), name, 0b111_101_101);
            var next = LibC.OpenInRoot((int)at.DangerousGetHandle(), name, PathOnly | Folder | NoFollow | LibC.CloseOnExec);
            if (!ReferenceEquals(at, root)) at.Dispose();
            at = Handle(next, path);
        }
        return at;
    }

    private static SafeFileHandle Handle(int descriptor, string path) => descriptor >= 0
        ? new SafeFileHandle(descriptor, ownsHandle: true)
        : throw new ContainerSetupException("CreateContainerConfigError", $"failed to prepare subPath \"{path}\": {Marshal.GetLastPInvokeErrorMessage()}");
}
