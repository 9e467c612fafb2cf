using Kip.Images.Layers;
using Kip.Runtime.Processes;

namespace Kip.Runtime.Containers.Oci;

/// <summary>The folder of one run of a container: its specification and its own layer of the file system.</summary>
/// <remarks>The mount is made and taken away on the mount thread.</remarks>
/// <param name="folder">The folder; made when the root is mounted.</param>
internal sealed class OciBundle(string folder)
{
    public string Folder => folder;

    /// <summary>The container's root as it sees it.</summary>
    public string Root => Path.Combine(folder, "root");

    /// <summary>What it has changed in its root.</summary>
    public string Upper => Path.Combine(folder, "upper");

    public string LogPath => Path.Combine(folder, "runtime.log");

    public string PidPath => Path.Combine(folder, "pid");

    /// <summary>Parts of volumes that are mounted below the folder for this run.</summary>
    public List<string> Parts { get; } = [];

    /// <summary>Mounts the image's layers with a layer of its own above them.</summary>
    /// <param name="layers">Lowest first; all in one folder.</param>
    /// <exception cref="IOException">The kernel refuses.</exception>
    public void MountRoot(IReadOnlyList<string> layers)
    {
        var work = Path.Combine(folder, "work");
        foreach (var part in (string[])[Root, Upper, work]) Directory.CreateDirectory(part);
        // The root's own mode is that of its topmost layer: 755, as container tools make it, whatever Kip's umask.
        File.SetUnixFileMode(Upper, (UnixFileMode)0b111_101_101);
        string[] lower = layers.Count == 0 ? [Directory.CreateDirectory(Path.Combine(folder, "empty")).FullName] : [.. layers.Reverse()];
        // Named from their common folder: the kernel takes a page of text and images may have a hundred layers.
        var common = Path.GetDirectoryName(lower[0])!;
        var names = lower.All(l => Path.GetDirectoryName(l) == common) ? lower.Select(static l => Path.GetFileName(l)) : lower;
        _ = LibC.ChangeDirectory(common);
        try
        {
            // volatile: nothing of it is read after a crash, so nothing need be written for one.
            var options = $"lowerdir={string.Join(':', names)},upperdir={Upper},workdir={work}";
            if (LibC.Mount("overlay", Root, "overlay", 0, options + ",volatile") < 0) MountThread.Mount("overlay", Root, "overlay", 0, options);
        }
        finally
        {
            _ = LibC.ChangeDirectory("/");
        }
    }

    /// <summary>Takes the mounts away.</summary>
    public void Unmount()
    {
        foreach (var part in Parts) MountThread.Unmount(part);
        MountThread.Unmount(Root);
    }

    /// <summary>Deletes the folder, once nothing is mounted there.</summary>
    /// <exception cref="IOException">The kernel refuses.</exception>
    public void Delete() => FolderTree.Delete(folder);
}
