using System.Runtime.InteropServices;

namespace Kip.Runtime.Processes;

/// <summary>The calls that containers need besides: namespaces, mounts, files below a root that is not trusted.</summary>
internal static unsafe partial class LibC
{
    public const int NewMountNamespace = 0x00020000;
    public const int NewNetworkNamespace = 0x40000000;

    public const nuint MountNoSetUid = 2;
    public const nuint MountNoDevices = 4;
    public const nuint MountBind = 4096;
    public const nuint MountRecursive = 0x4000;
    public const nuint MountSlave = 1 << 19;

    public const int UnmountDetach = 2;
    public const int ResolveInRoot = 0x10;
    public const int ResolveNoMagicLinks = 0x02;
    public const int NotFound = 2;
    public const int InvalidArgument = 22;

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    public static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    public static partial int EnterNamespace(int descriptor, int kind);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mount(string source, string target, string? type, nuint flags, string? data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unmount(string target, int flags);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Rename(string from, string to);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeDirectory(int folder, string name, uint mode);

    [LibraryImport("libc", EntryPoint = "chdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeDirectory(string path);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeOwner(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int kind, int protocol);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "if_nametoindex", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial uint InterfaceIndex(string name);

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RemoveDirectory(string path);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    /// <summary>Opens a file below a folder as if the folder were the root: no link in it leads out.</summary>
    public static int OpenInRoot(int root, string path, ulong flags)
    {
        var how = stackalloc ulong[3] { flags, 0, ResolveInRoot | ResolveNoMagicLinks };
        var name = Marshal.StringToCoTaskMemUTF8(path);
        try
        {
            // openat2 has the same number on every architecture; the libc has no wrapper.
            return (int)SystemCall4(437, root, name, (nint)how, 3 * sizeof(ulong));
        }
        finally
        {
            Marshal.FreeCoTaskMem(name);
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall4(nint number, nint first, nint second, nint third, nint fourth);
}
