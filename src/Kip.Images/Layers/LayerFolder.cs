using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Kip.Images.Layers;

/// <summary>The folder that a layer is unpacked into. Whatever path it is given, it touches nothing outside of the folder.</summary>
/// <remarks>
/// Folders on the way are opened by openat2(2) as if this one were the root, so that links lead to where they would inside a container; the
/// last part of a path is never followed. For one thread.
/// </remarks>
internal sealed class LayerFolder : IDisposable
{
    private const uint NewDirectoryMode = 0x1ED; // 0755
    private const uint ModeBits = 0xFFF;
    private const uint NewFileMode = 0x180; // 0600
    private static readonly byte[] Yes = [(byte)'y'];
    private static readonly bool IsRoot = Syscalls.EffectiveUser() == 0;

    private readonly int _root;
    private string? _lastParent;
    private int _lastDescriptor = -1;

    /// <summary>Opens an existing, empty folder.</summary>
    public LayerFolder(string path)
    {
        _root = FolderTree.Open(path);
        if (_root < 0) throw Failed($"cannot open {path}");
    }

    /// <summary>Opens a new file for writing, in place of whatever had its name.</summary>
    public SafeFileHandle CreateFile(string path, TarEntry entry)
    {
        var (parent, name) = Place(path);
        Clear(parent, name);
        var descriptor = Syscalls.OpenAt(parent, name, Syscalls.WriteOnly | Syscalls.Create | Syscalls.Exclusive | Syscalls.NoFollow, NewFileMode);
        return descriptor < 0 ? throw Failed($"cannot create \"{entry.Shown}\"") : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Gives a finished file its owner, capabilities, mode and time, in this order: a change of owner takes the set-user-id bit away.</summary>
    public void Finish(SafeFileHandle file, string path, TarEntry entry)
    {
        var descriptor = (int)file.DangerousGetHandle();
        if (IsRoot && Syscalls.ChangeOwner(descriptor, entry.UserId, entry.GroupId) != 0) throw Failed($"cannot give \"{entry.Shown}\" its owner");
        if (Syscalls.ChangeMode(descriptor, entry.Mode & ModeBits) != 0) throw Failed($"cannot give \"{entry.Shown}\" its mode");
        if (IsRoot && entry.Capability is { } capability && Syscalls.SetAttribute(descriptor, "security.capability", capability) != 0)
            throw Failed($"cannot give \"{entry.Shown}\" its capabilities");
        var (parent, name) = Place(path);
        _ = Syscalls.SetModified(parent, name, entry.ModifiedSeconds, entry.ModifiedNanoseconds);
    }

    /// <summary>Makes a directory, or keeps the one that is there. Its mode and time are set by <see cref="FinishDirectory"/>, when it is full.</summary>
    public void CreateDirectory(string path, TarEntry entry)
    {
        if (path.Length == 0) return;
        var (parent, name) = Place(path);
        var present = Syscalls.Look(parent, name);
        if (present is not { IsDirectory: true })
        {
            if (present is not null) Clear(parent, name);
            if (Syscalls.MakeDirectory(parent, name, NewDirectoryMode) != 0) throw Failed($"cannot create \"{entry.Shown}\"");
            // A directory in place of one that this layer removed shows nothing of the old one.
            if (present is { IsWhiteout: true }) MarkOpaque(path);
        }
        if (IsRoot && Syscalls.ChangeOwner(parent, name, entry.UserId, entry.GroupId) != 0) throw Failed($"cannot give \"{entry.Shown}\" its owner");
    }

    /// <summary>Gives a directory its mode and time, if it is still one.</summary>
    public void FinishDirectory(string path, TarEntry entry)
    {
        if (path.Length == 0)
        {
            if (IsRoot) _ = Syscalls.ChangeOwner(_root, entry.UserId, entry.GroupId);
            _ = Syscalls.ChangeMode(_root, entry.Mode & ModeBits);
            return;
        }
        var (parent, name) = Place(path);
        if (Syscalls.Look(parent, name) is not { IsDirectory: true }) return;
        if (Syscalls.ChangeMode(parent, name, entry.Mode & ModeBits) != 0) throw Failed($"cannot give \"{entry.Shown}\" its mode");
        _ = Syscalls.SetModified(parent, name, entry.ModifiedSeconds, entry.ModifiedNanoseconds);
    }

    /// <summary>Makes a link whose target is only text here: it is followed inside the container, if at all.</summary>
    public void CreateSymlink(string path, TarEntry entry)
    {
        var (parent, name) = Place(path);
        Clear(parent, name);
        if (Syscalls.MakeSymlink(entry.LinkName, parent, name) != 0) throw Failed($"cannot create the link \"{entry.Shown}\"");
        if (IsRoot && Syscalls.ChangeOwner(parent, name, entry.UserId, entry.GroupId) != 0) throw Failed($"cannot give \"{entry.Shown}\" its owner");
        _ = Syscalls.SetModified(parent, name, entry.ModifiedSeconds, entry.ModifiedNanoseconds);
    }

    /// <summary>Gives a file of this layer a second name.</summary>
    /// <exception cref="LayerException">There is no such file in this layer, or it is no file.</exception>
    public void CreateHardLink(string path, string targetPath, TarEntry entry)
    {
        var (parent, name) = Place(path);
        var slash = targetPath.LastIndexOf('/');
        var (folder, file) = slash < 0 ? ("", targetPath) : (targetPath[..slash], targetPath[(slash + 1)..]);
        var from = Syscalls.OpenInRoot(_root, folder.Length == 0 ? "." : folder, Syscalls.PathOnly | Syscalls.DirectoryOnly);
        try
        {
            if (from < 0 || file.Length == 0 || Syscalls.Look(from, file) is not ({ IsRegularFile: true } or { IsSymbolicLink: true }))
                throw new LayerException($"\"{entry.Shown}\" is a link to a file that is not in the layer");
            if (path == targetPath) return;
            Clear(parent, name);
            if (Syscalls.MakeLink(from, file, parent, name) != 0) throw Failed($"cannot link \"{entry.Shown}\"");
        }
        finally
        {
            if (from >= 0) _ = Syscalls.Close(from);
        }
    }

    public void CreateFifo(string path, TarEntry entry)
    {
        var (parent, name) = Place(path);
        Clear(parent, name);
        if (Syscalls.MakeNode(parent, name, Syscalls.Fifo | NewFileMode) != 0) throw Failed($"cannot create \"{entry.Shown}\"");
        if (IsRoot && Syscalls.ChangeOwner(parent, name, entry.UserId, entry.GroupId) != 0) throw Failed($"cannot give \"{entry.Shown}\" its owner");
        _ = Syscalls.ChangeMode(parent, name, entry.Mode & ModeBits);
    }

    /// <summary>Says that what lower layers have under a name is gone. What this layer itself put there stays.</summary>
    public void Whiteout(string path)
    {
        var (parent, name) = Place(path);
        switch (Syscalls.Look(parent, name))
        {
            case null:
                if (Syscalls.MakeNode(parent, name, Syscalls.CharacterDevice) != 0) throw Failed("cannot mark a file as removed");
                break;
            case { IsDirectory: true }:
                MarkOpaque(path);
                break;
        }
    }

    /// <summary>Says that nothing of the lower layers shows in a directory, which is made if need be.</summary>
    public void MarkOpaque(string path)
    {
        var folder = OpenDirectory(path, Syscalls.ReadOnly);
        try
        {
            if (Syscalls.SetAttribute(folder, "trusted.overlay.opaque", Yes) != 0) throw Failed("cannot mark a directory as opaque, which needs root");
        }
        finally
        {
            _ = Syscalls.Close(folder);
        }
    }

    /// <summary>Completes when all that was written to the folder's file system is on the disk.</summary>
    public static void Sync(string path)
    {
        using var folder = new LayerFolder(path);
        if (Syscalls.SyncFileSystem(folder._root) != 0) throw Failed($"cannot write {path} to the disk");
    }

    public void Dispose()
    {
        Forget();
        _ = Syscalls.Close(_root);
    }

    // Entries come folder by folder, so the parent of the last is most often the parent of the next.
    private (int Parent, string Name) Place(string path)
    {
        var slash = path.LastIndexOf('/');
        var (parent, name) = slash < 0 ? ("", path) : (path[..slash], path[(slash + 1)..]);
        if (parent == _lastParent) return (_lastDescriptor, name);
        Forget();
        _lastDescriptor = OpenDirectory(parent, Syscalls.PathOnly);
        _lastParent = parent;
        return (_lastDescriptor, name);
    }

    private void Forget()
    {
        if (_lastDescriptor >= 0) _ = Syscalls.Close(_lastDescriptor);
        (_lastDescriptor, _lastParent) = (-1, null);
    }

    // Opens a directory, making those on the way that are missing.
    private int OpenDirectory(string path, int flags)
    {
        var open = Syscalls.OpenInRoot(_root, path.Length == 0 ? "." : path, flags | Syscalls.DirectoryOnly);
        if (open >= 0) return open;
        if (Marshal.GetLastPInvokeError() is not (Syscalls.NoSuchEntry or Syscalls.NotADirectory)) throw Failed("cannot open a directory of the layer");
        var current = Syscalls.OpenInRoot(_root, ".", Syscalls.PathOnly | Syscalls.DirectoryOnly);
        var reached = "";
        foreach (var part in path.Split('/'))
        {
            reached = reached.Length == 0 ? part : $"{reached}/{part}";
            var next = Syscalls.OpenInRoot(_root, reached, Syscalls.PathOnly | Syscalls.DirectoryOnly);
            if (next < 0) next = MakeDirectoryOnTheWay(current, part, reached);
            _ = Syscalls.Close(current);
            current = next;
        }
        _ = Syscalls.Close(current);
        open = Syscalls.OpenInRoot(_root, path, flags | Syscalls.DirectoryOnly);
        return open >= 0 ? open : throw Failed("cannot open a directory of the layer");
    }

    private int MakeDirectoryOnTheWay(int parent, string name, string reached)
    {
        var present = Syscalls.Look(parent, name);
        // A link to nowhere, or a file, where a directory is needed: the later entry of an archive wins.
        if (present is not null && Syscalls.Unlink(parent, name) != 0) throw Failed("cannot replace a file of the layer by a directory");
        if (Syscalls.MakeDirectory(parent, name, NewDirectoryMode) != 0) throw Failed("cannot make a directory of the layer");
        var made = Syscalls.OpenInRoot(_root, reached, Syscalls.PathOnly | Syscalls.DirectoryOnly);
        if (made < 0) throw Failed("cannot open a directory of the layer");
        if (present is { IsWhiteout: true }) MarkOpaque(reached);
        return made;
    }

    private static void Clear(int parent, string name)
    {
        if (Syscalls.Look(parent, name) is null) return;
        if (!FolderTree.TryDelete(parent, name)) throw Failed("cannot replace a part of the layer");
    }

    private static LayerException Failed(string what) => new($"{what}: {Marshal.GetLastPInvokeErrorMessage()}");
}
