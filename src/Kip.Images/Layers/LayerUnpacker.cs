namespace Kip.Images.Layers;

/// <summary>Unpacks one layer into a folder as overlayfs wants it: files, and marks for what the layer removes.</summary>
/// <remarks>
/// Kept: names, owners, modes with their set-user-id bits, times, links, file capabilities. Left out: device nodes and every other extended
/// attribute. An entry whose path leads outside, a link to a file that is not there, or more than <see cref="LayerLimits"/> allow, and the whole
/// layer is refused.
/// </remarks>
internal sealed class LayerUnpacker(LayerFolder folder, LayerLimits limits)
{
    private const string WhiteoutPrefix = ".wh.";
    private const string OpaqueMark = ".wh..wh..opq";
    private const string AufsPrefix = ".wh..wh.";

    private readonly Dictionary<string, TarEntry> _directories = new(StringComparer.Ordinal);
    private readonly byte[] _buffer = new byte[128 << 10];

    /// <summary>Files, directories and links so far.</summary>
    public int Entries { get; private set; }

    /// <summary>Bytes of all files so far.</summary>
    public long Bytes { get; private set; }

    /// <exception cref="LayerException">The layer is refused; what is in the folder is of no use.</exception>
    public void Unpack(Stream archive)
    {
        var reader = new TarReader(archive);
        while (reader.Next() is { } entry)
        {
            if (++Entries > limits.MaxEntries) throw new LayerException($"the layer has more than the {limits.MaxEntries} entries that are allowed");
            Unpack(entry, reader);
        }
        // Last, and those below first: whatever is put into a directory changes its time, and one without write permission takes nothing more.
        foreach (var (path, entry) in _directories.OrderByDescending(static d => d.Key.Length)) folder.FinishDirectory(path, entry);
    }

    private void Unpack(TarEntry entry, TarReader reader)
    {
        var path = Normal(entry.Name, entry);
        var name = path[(path.LastIndexOf('/') + 1)..];
        if (name.StartsWith(WhiteoutPrefix, StringComparison.Ordinal))
        {
            Whiteout(path, name, entry);
            return;
        }
        if (path.Length == 0 && entry.Kind != TarEntryKind.Directory) throw new LayerException("the root of the layer is not a directory");
        switch (entry.Kind)
        {
            case TarEntryKind.Directory:
                folder.CreateDirectory(path, entry);
                _directories[path] = entry;
                break;
            case TarEntryKind.File: WriteFile(path, entry, reader); break;
            case TarEntryKind.SymbolicLink: folder.CreateSymlink(path, entry); break;
            case TarEntryKind.HardLink: folder.CreateHardLink(path, Normal(entry.LinkName, entry), entry); break;
            case TarEntryKind.Fifo: folder.CreateFifo(path, entry); break;
            case TarEntryKind.Device: break;
        }
    }

    private void WriteFile(string path, TarEntry entry, TarReader reader)
    {
        using var file = folder.CreateFile(path, entry);
        long offset = 0;
        for (int read; (read = reader.Read(_buffer)) > 0; offset += read) RandomAccess.Write(file, _buffer.AsSpan(0, read), offset);
        Bytes += offset;
        folder.Finish(file, path, entry);
    }

    private void Whiteout(string path, string name, TarEntry entry)
    {
        var parent = path.Length == name.Length ? "" : path[..^(name.Length + 1)];
        if (name == OpaqueMark)
        {
            folder.MarkOpaque(parent);
            return;
        }
        // Docker's oldest storage driver kept books of its own under such names.
        if (name.StartsWith(AufsPrefix, StringComparison.Ordinal)) return;
        var removed = name[WhiteoutPrefix.Length..];
        if (removed is "" or "." or "..") throw new LayerException($"\"{entry.Shown}\" marks nothing as removed");
        folder.Whiteout(parent.Length == 0 ? removed : $"{parent}/{removed}");
    }

    // Relative to the root and without empty parts, "." and "..": the first would be harmless, the last is an attempt.
    private static string Normal(string name, TarEntry entry)
    {
        var parts = name.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Contains("..")) throw new LayerException($"\"{entry.Shown}\" leads outside of the layer");
        return string.Join('/', parts.Where(static p => p != "."));
    }
}
