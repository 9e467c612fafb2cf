using System.Runtime.InteropServices;
using Kip.Runtime.Processes;

namespace Kip.Runtime.Volumes;

/// <summary>A volume's folder whose files all change at once: they are reached through <c>..data</c>, a link that is replaced by a rename.</summary>
/// <remarks>The layout is the kubelet's, which programs that watch their configuration know: <c>file → ..data/file</c>, <c>..data → ..2026_…</c>.</remarks>
internal static class AtomicFolder
{
    private const string Data = "..data";

    /// <summary>Makes the folder hold these files and no others.</summary>
    /// <param name="folder">The folder; made where it is missing.</param>
    /// <param name="files">Its files.</param>
    /// <param name="group">The group that owns them; null: root.</param>
    /// <param name="stamp">A name part that no earlier write of this folder had.</param>
    public static void Write(string folder, IReadOnlyCollection<VolumeFile> files, long? group, string stamp)
    {
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        var fresh = Path.Combine(folder, $"..{stamp}");
        Directory.CreateDirectory(fresh);
        File.SetUnixFileMode(fresh, (UnixFileMode)0b111_101_101);
        foreach (var file in files) WriteFile(fresh, file, group);
        var before = new FileInfo(Path.Combine(folder, Data)).LinkTarget;
        var link = Path.Combine(folder, "..data_tmp");
        File.Delete(link);
        File.CreateSymbolicLink(link, Path.GetFileName(fresh));
        if (LibC.Rename(link, Path.Combine(folder, Data)) < 0) throw new IOException($"{folder}: {Marshal.GetLastPInvokeErrorMessage()}");
        LinkNames(folder, files);
        if (before is not null) Directory.Delete(Path.Combine(folder, before), recursive: true);
    }

    private static void WriteFile(string fresh, VolumeFile file, long? group)
    {
        var path = Path.Combine(fresh, file.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, file.Content);
        // A group that is to read them may.
        File.SetUnixFileMode(path, (UnixFileMode)((group is null ? file.Mode : file.Mode | 0b000_100_000) & 0b111_111_111));
        if (group is { } owner) _ = LibC.ChangeOwner(path, 0, (uint)owner);
    }

    private static void LinkNames(string folder, IReadOnlyCollection<VolumeFile> files)
    {
        var wanted = files.Select(static f => f.Path.Split('/')[0]).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in Directory.EnumerateFileSystemEntries(folder))
        {
            var name = Path.GetFileName(entry);
            if (!name.StartsWith("..", StringComparison.Ordinal) && !wanted.Remove(name)) File.Delete(entry);
        }
        foreach (var name in wanted) File.CreateSymbolicLink(Path.Combine(folder, name), $"{Data}/{name}");
    }
}
