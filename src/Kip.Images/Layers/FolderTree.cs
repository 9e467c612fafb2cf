using System.Runtime.InteropServices;
using System.Text;

namespace Kip.Images.Layers;

/// <summary>What a tree of folders takes on the disk.</summary>
/// <param name="Bytes">As <c>du</c> counts: holes are free, and a file with several names counts once.</param>
/// <param name="Entries">Files, folders and links.</param>
/// <param name="IsWhole">False where it was not looked at to the end: it has more entries than were allowed, or a path that is longer than the kernel
/// takes.</param>
public readonly record struct TreeSize(long Bytes, long Entries, bool IsWhole);

/// <summary>Trees of folders that strangers made: names of any bytes, any depth, links anywhere. No link is followed.</summary>
/// <remarks>.NET's own calls take names for UTF-8 and go no deeper than a path is long; what they cannot name stays on the disk for good.</remarks>
public static class FolderTree
{
    // Each level holds a descriptor. What lies deeper is moved up first.
    private const int DeepestLevel = 100;
    private const int LongestPath = 4095;
    private const string MovedUp = ".kip-deep-";

    /// <summary>Deletes a folder with all in it; nothing happens where there is none.</summary>
    /// <exception cref="IOException">The kernel refuses.</exception>
    public static void Delete(string path)
    {
        var full = Path.GetFullPath(path);
        var parent = Open(Path.GetDirectoryName(full)!);
        if (parent < 0) return;
        try
        {
            if (!TryDelete(parent, Bytes(Path.GetFileName(full)))) throw new IOException($"cannot delete {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        finally
        {
            _ = Syscalls.Close(parent);
        }
    }

    /// <summary>What a tree takes; nothing where there is none.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="most">How many entries are enough.</param>
    public static TreeSize Measure(string path, long most)
    {
        var root = Open(path);
        if (root < 0) return new TreeSize(0, 0, true);
        try
        {
            return Measure(root, most);
        }
        finally
        {
            _ = Syscalls.Close(root);
        }
    }

    /// <summary>A descriptor of a folder; negative when the kernel refuses, and says why.</summary>
    internal static int Open(string path) => Syscalls.OpenAt(-100, Bytes(path), Syscalls.ReadOnly | Syscalls.DirectoryOnly);

    /// <summary>Deletes whatever has the name. False: the kernel refuses, and says why.</summary>
    internal static bool TryDelete(int parent, string name)
    {
        if (Gone(Syscalls.Unlink(parent, name))) return true;
        var folder = Syscalls.OpenAt(parent, name, Syscalls.ReadOnly | Syscalls.DirectoryOnly | Syscalls.NoFollow);
        if (folder < 0) return Gone(folder);
        var goesOn = true;
        // Once for what is there, and again for what was moved up meanwhile.
        while (goesOn && Syscalls.List(folder, 1).Count > 0) goesOn = TryEmpty(folder, folder, 0);
        _ = Syscalls.Close(folder);
        return goesOn && Gone(Syscalls.Unlink(parent, name, Syscalls.RemoveDirectory));
    }

    private static bool TryEmpty(int folder, int top, int level)
    {
        foreach (var name in Syscalls.List(folder))
        {
            if (Gone(Syscalls.Unlink(folder, name))) continue;
            if (level == DeepestLevel)
            {
                if (!TryMoveUp(folder, name, top)) return false;
                continue;
            }
            var below = Syscalls.OpenAt(folder, name, Syscalls.ReadOnly | Syscalls.DirectoryOnly | Syscalls.NoFollow);
            if (below < 0 && !Gone(below)) return false;
            if (below < 0) continue;
            var isEmpty = TryEmpty(below, top, level + 1);
            _ = Syscalls.Close(below);
            if (!isEmpty || !Gone(Syscalls.Unlink(folder, name, Syscalls.RemoveDirectory))) return false;
        }
        return true;
    }

    private static bool TryMoveUp(int folder, string name, int top)
    {
        // Whoever made the tree may have made such names, too.
        for (var number = 0L; number < long.MaxValue; number++)
        {
            if (Gone(Syscalls.Rename(folder, name, top, $"{MovedUp}{number}"))) return true;
            if (Marshal.GetLastPInvokeError() is not (Syscalls.AlreadyExists or Syscalls.NotEmpty or Syscalls.NotADirectory)) return false;
        }
        return false;
    }

    private static TreeSize Measure(int root, long most)
    {
        var (bytes, entries) = (Blocks(root, ".") * 512, 0L);
        var left = new Stack<string>(["."]);
        while (left.TryPop(out var path))
        {
            // From the root each time, so that no level holds a descriptor; a folder that has become a link is passed over.
            var folder = Syscalls.OpenInRoot(root, path, Syscalls.ReadOnly | Syscalls.DirectoryOnly | Syscalls.NoFollow);
            if (folder < 0) continue;
            try
            {
                foreach (var name in Syscalls.List(folder, (int)Math.Min(int.MaxValue, most - entries + 1)))
                {
                    if (++entries > most) return new TreeSize(bytes, entries, false);
                    if (Syscalls.Look(folder, name) is not { } found) continue;
                    bytes += found.IsDirectory ? found.Blocks * 512 : found.Blocks * 512 / Math.Max(1, found.Links);
                    if (!found.IsDirectory) continue;
                    if (path.Length + 1 + name.Length > LongestPath) return new TreeSize(bytes, entries, false);
                    left.Push($"{path}/{name}");
                }
            }
            finally
            {
                _ = Syscalls.Close(folder);
            }
        }
        return new TreeSize(bytes, entries, true);
    }

    private static long Blocks(int folder, string name) => Syscalls.Look(folder, name)?.Blocks ?? 0;

    private static bool Gone(int result) => result >= 0 || Marshal.GetLastPInvokeError() == Syscalls.NoSuchEntry;

    // Our own names are UTF-8, those of the calls bytes.
    private static string Bytes(string path) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(path));
}
