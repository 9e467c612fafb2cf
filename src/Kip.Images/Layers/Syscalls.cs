using System.Runtime.InteropServices;
using System.Text;

namespace Kip.Images.Layers;

/// <summary>The calls of Linux that unpacking needs. Paths are strings of bytes: each character is one byte of the name, as Latin-1 maps them.</summary>
internal static unsafe partial class Syscalls
{
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int CloseOnExec = 0x80000;
    public const int PathOnly = 0x200000;
    public const int RemoveDirectory = 0x200;
    public const int SymlinkNoFollow = 0x100;

    public const int NoSuchEntry = 2;
    public const int AlreadyExists = 17;
    public const int NotADirectory = 20;
    public const int NotEmpty = 39;
    public const int NotSupported = 95;

    public const uint TypeMask = 0xF000;
    public const uint RegularFile = 0x8000;
    public const uint Directory = 0x4000;
    public const uint SymbolicLink = 0xA000;
    public const uint CharacterDevice = 0x2000;
    public const uint Fifo = 0x1000;

    private const ulong ResolveInRoot = 0x10;
    private const ulong ResolveNoMagicLinks = 0x02;
    private const int OpenAt2Number = 437;
    private const int StatxBasic = 0x7ff;
    private const int StatxSize = 256;
    private const long OmitTime = (1L << 30) - 2;

    // O_DIRECTORY and O_NOFOLLOW are two of the few flags whose numbers differ between architectures.
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    public static int DirectoryOnly { get; } = IsArm ? 0x4000 : 0x10000;

    public static int NoFollow { get; } = IsArm ? 0x8000 : 0x20000;

    /// <summary>Opens a path as if the folder were the root of the file system: neither <c>..</c> nor any link leads out of it (openat2(2)).</summary>
    public static int OpenInRoot(int root, string path, int flags)
    {
        var how = stackalloc ulong[] { (ulong)(flags | CloseOnExec), 0, ResolveInRoot | ResolveNoMagicLinks };
        fixed (byte* name = Name(path)) return (int)SystemCall(OpenAt2Number, root, (nint)name, (nint)how, 24);
    }

    public static int OpenAt(int folder, string name, int flags, uint mode = 0)
    {
        fixed (byte* bytes = Name(name)) return openat(folder, bytes, flags | CloseOnExec, mode);
    }

    public static int MakeDirectory(int folder, string name, uint mode)
    {
        fixed (byte* bytes = Name(name)) return mkdirat(folder, bytes, mode);
    }

    public static int MakeNode(int folder, string name, uint mode)
    {
        fixed (byte* bytes = Name(name)) return mknodat(folder, bytes, mode, 0);
    }

    public static int MakeSymlink(string target, int folder, string name)
    {
        fixed (byte* to = Name(target)) fixed (byte* bytes = Name(name)) return symlinkat(to, folder, bytes);
    }

    public static int MakeLink(int fromFolder, string from, int folder, string name)
    {
        fixed (byte* old = Name(from)) fixed (byte* bytes = Name(name)) return linkat(fromFolder, old, folder, bytes, 0);
    }

    public static int Unlink(int folder, string name, int flags = 0)
    {
        fixed (byte* bytes = Name(name)) return unlinkat(folder, bytes, flags);
    }

    public static int Rename(int fromFolder, string from, int folder, string name)
    {
        fixed (byte* old = Name(from)) fixed (byte* bytes = Name(name)) return renameat(fromFolder, old, folder, bytes);
    }

    public static int ChangeOwner(int folder, string name, uint user, uint group)
    {
        fixed (byte* bytes = Name(name)) return fchownat(folder, bytes, user, group, SymlinkNoFollow);
    }

    /// <summary>Sets the mode of something that is known not to be a link.</summary>
    public static int ChangeMode(int folder, string name, uint mode)
    {
        fixed (byte* bytes = Name(name)) return fchmodat(folder, bytes, mode, 0);
    }

    public static int SetModified(int folder, string name, long seconds, long nanoseconds)
    {
        var times = stackalloc long[] { 0, OmitTime, seconds, nanoseconds };
        fixed (byte* bytes = Name(name)) return utimensat(folder, bytes, times, SymlinkNoFollow);
    }

    public static int SetAttribute(int descriptor, string name, ReadOnlySpan<byte> value)
    {
        fixed (byte* bytes = Name(name)) fixed (byte* content = value) return fsetxattr(descriptor, bytes, content, value.Length, 0);
    }

    /// <summary>What is under a name, itself, not what it links to.</summary>
    public static FileFacts? Look(int folder, string name)
    {
        var buffer = stackalloc byte[StatxSize];
        fixed (byte* bytes = Name(name))
            if (statx(folder, bytes, SymlinkNoFollow, StatxBasic, buffer) != 0) return null;
        return new FileFacts(*(ushort*)(buffer + 28), *(uint*)(buffer + 128), *(uint*)(buffer + 132))
        {
            Links = *(uint*)(buffer + 16), Blocks = *(long*)(buffer + 48),
        };
    }

    /// <summary>The names in an open folder, as bytes; .NET's own listing replaces those that are not UTF-8.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="most">How many are enough.</param>
    public static List<string> List(int folder, int most = int.MaxValue)
    {
        var names = new List<string>();
        var buffer = new byte[32 << 10];
        // Whoever looked before has read it to its end.
        _ = lseek(folder, 0, 0);
        fixed (byte* start = buffer)
        {
            for (nint read; names.Count < most && (read = getdents64(folder, start, (nuint)buffer.Length)) > 0;)
            {
                for (nint at = 0; at < read; at += *(ushort*)(start + at + 16))
                {
                    var name = Encoding.Latin1.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(start + at + 19));
                    if (name is not ("." or "..")) names.Add(name);
                }
            }
        }
        return names;
    }

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    public static partial int ChangeOwner(int descriptor, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    public static partial int ChangeMode(int descriptor, uint mode);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    public static partial int SyncFileSystem(int descriptor);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    private static byte[] Name(string text)
    {
        var bytes = new byte[text.Length + 1];
        Encoding.Latin1.GetBytes(text, bytes);
        return bytes;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int openat(int folder, byte* name, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mkdirat(int folder, byte* name, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mknodat(int folder, byte* name, uint mode, ulong device);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int symlinkat(byte* target, int folder, byte* name);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int linkat(int fromFolder, byte* from, int folder, byte* name, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unlinkat(int folder, byte* name, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int renameat(int fromFolder, byte* from, int folder, byte* name);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchownat(int folder, byte* name, uint user, uint group, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmodat(int folder, byte* name, uint mode, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int utimensat(int folder, byte* name, long* times, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsetxattr(int descriptor, byte* name, byte* value, nint size, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int statx(int folder, byte* name, int flags, uint mask, byte* buffer);

    [LibraryImport("libc")]
    private static partial long lseek(int folder, long offset, int from);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint getdents64(int folder, byte* buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth);
}

/// <summary>What a name is: type and mode, and the device's numbers.</summary>
internal readonly record struct FileFacts(uint Mode, uint DeviceMajor, uint DeviceMinor)
{
    /// <summary>How many names it has.</summary>
    public uint Links { get; init; }

    /// <summary>What it takes on the disk, in units of 512 bytes.</summary>
    public long Blocks { get; init; }

    public bool IsDirectory => (Mode & Syscalls.TypeMask) == Syscalls.Directory;

    public bool IsRegularFile => (Mode & Syscalls.TypeMask) == Syscalls.RegularFile;

    public bool IsSymbolicLink => (Mode & Syscalls.TypeMask) == Syscalls.SymbolicLink;

    /// <summary>Overlayfs' mark for "what is below here is gone".</summary>
    public bool IsWhiteout => (Mode & Syscalls.TypeMask) == Syscalls.CharacterDevice && DeviceMajor == 0 && DeviceMinor == 0;
}
