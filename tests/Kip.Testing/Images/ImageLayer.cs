using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Kip.Testing.Images;

/// <summary>How a layer of a test image is compressed.</summary>
public enum LayerCompression
{
    None,
    Gzip,
    Zstd,
}

/// <summary>Puts a layer together: directories, files, links. A <c>.wh.NAME</c> removes what is below, as in any layer.</summary>
public sealed class ImageLayer
{
    private const UnixFileMode Everyone = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly List<TarEntry> _entries = [];

    public ImageLayer Directory(string path, UnixFileMode mode = Everyone | UnixFileMode.UserWrite) => Add(TarEntryType.Directory, path + "/", mode);

    public ImageLayer File(
        string path, string text,
        UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead) =>
        Add(TarEntryType.RegularFile, path, mode, content: new MemoryStream(Encoding.UTF8.GetBytes(text)));

    /// <summary>A program of this machine, executable by everyone.</summary>
    public ImageLayer Program(string path, string hostFile) =>
        Add(TarEntryType.RegularFile, path, Everyone, content: new MemoryStream(System.IO.File.ReadAllBytes(hostFile)));

    public ImageLayer Symlink(string path, string target) => Add(TarEntryType.SymbolicLink, path, Everyone, target);

    public ImageLayer HardLink(string path, string target) => Add(TarEntryType.HardLink, path, Everyone, target);

    /// <summary>All of a directory of this machine, links kept as links.</summary>
    public ImageLayer Tree(string path, string hostDirectory)
    {
        Directory(path);
        foreach (var entry in new DirectoryInfo(hostDirectory).EnumerateFileSystemInfos().OrderBy(static e => e.Name, StringComparer.Ordinal))
        {
            var inside = $"{path}/{entry.Name}";
            if (entry.LinkTarget is { } target) Symlink(inside, target);
            else if (entry is DirectoryInfo) Tree(inside, entry.FullName);
            else Add(TarEntryType.RegularFile, inside, entry.UnixFileMode, content: new MemoryStream(System.IO.File.ReadAllBytes(entry.FullName)));
        }
        return this;
    }

    /// <summary>Any entry, also one that no honest layer has.</summary>
    public ImageLayer Entry(TarEntry entry)
    {
        _entries.Add(entry);
        return this;
    }

    /// <summary>The finished archive, uncompressed.</summary>
    public byte[] ToTar()
    {
        var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, TarEntryFormat.Pax, leaveOpen: true))
            foreach (var entry in _entries) writer.WriteEntry(entry);
        return archive.ToArray();
    }

    /// <summary>An archive as a layer has it.</summary>
    public static byte[] Compress(byte[] tar, LayerCompression how)
    {
        if (how == LayerCompression.None) return tar;
        var compressed = new MemoryStream();
        using (Stream stream = how == LayerCompression.Gzip ? new GZipStream(
            compressed, CompressionLevel.Fastest, leaveOpen: true) : new ZstdSharp.CompressionStream(compressed, leaveOpen: true))
            stream.Write(tar);
        return compressed.ToArray();
    }

    private ImageLayer Add(TarEntryType type, string path, UnixFileMode mode, string? target = null, Stream? content = null)
    {
        var entry = new PaxTarEntry(type, path) { Mode = mode, ModificationTime = DateTimeOffset.UnixEpoch.AddDays(1) };
        if (content is not null) entry.DataStream = content;
        if (target is not null) entry.LinkName = target;
        return Entry(entry);
    }
}
