using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Kip.Log.Files;

/// <summary>The two sync calls that the framework does not have. The only place in Kip that calls them.</summary>
internal static partial class Posix
{
    private const int ReadOnlyDirectory = 0x10000 | 0x80000; // O_DIRECTORY | O_CLOEXEC on x86-64; the read-only flag is 0.
    private const int ReadOnlyDirectoryArm = 0x4000 | 0x80000;
    private const int Interrupted = 4;

    /// <summary>Makes a file's bytes and its length durable; spares the journal write for its times.</summary>
    internal static void SyncData(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }

        Repeat(() => FDataSync(file), "fdatasync");
    }

    /// <summary>Makes the names in a folder durable.</summary>
    internal static void SyncDirectory(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return; // Elsewhere the framework gives no way to open a folder; Kip runs on Linux.
        }

        var flags = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm
            ? ReadOnlyDirectoryArm
            : ReadOnlyDirectory;
        var descriptor = Repeat(() => Open(path, flags), $"open '{path}'");
        using var folder = new SafeFileHandle(descriptor, ownsHandle: true);
        Repeat(() => FSync(folder), $"fsync '{path}'");
    }

    private static int Repeat(Func<int> call, string what)
    {
        while (true)
        {
            var result = call();
            if (result >= 0)
            {
                return result;
            }

            var errno = Marshal.GetLastPInvokeError();
            if (errno != Interrupted)
            {
                throw new IOException($"{what}: {Marshal.GetPInvokeErrorMessage(errno)}", errno);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
