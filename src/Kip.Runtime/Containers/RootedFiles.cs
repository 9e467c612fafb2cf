using System.Runtime.InteropServices;
using System.Text;
using Kip.Runtime.Processes;
using Microsoft.Win32.SafeHandles;

namespace Kip.Runtime.Containers;

/// <summary>Reads files of an image without following any link out of it.</summary>
internal static class RootedFiles
{
    private const int Directory = 0x10000;
    private const int PathOnly = 0x200000;

    /// <summary>A text file's content. Null: there is no such file, or it is larger than that.</summary>
    public static string? Read(string root, string path, int most)
    {
        var folder = LibC.Open(root, PathOnly | Directory | LibC.CloseOnExec);
        if (folder < 0) throw new IOException($"{root}: {Marshal.GetLastPInvokeErrorMessage()}");
        using var held = new SafeFileHandle(folder, ownsHandle: true);
        // Without waiting: a pipe in the image's place of a file must not hold anybody up.
        var file = LibC.OpenInRoot(folder, path, LibC.CloseOnExec | LibC.NonBlocking);
        if (file < 0) return null;
        using var handle = new SafeFileHandle(file, ownsHandle: true);
        if (!File.Exists($"/proc/self/fd/{file}")) return null;
        var length = RandomAccess.GetLength(handle);
        if (length > most) return null;
        var bytes = new byte[length];
        var count = RandomAccess.Read(handle, bytes, 0);
        return Encoding.UTF8.GetString(bytes, 0, count);
    }
}
