using System.Collections.Concurrent;
using Kip.Images.References;
using Kip.Images.Storage;

namespace Kip.Images.Layers;

/// <summary>The unpacked layers, each once, by the digest of its uncompressed content.</summary>
/// <remarks>
/// A layer is unpacked aside and renamed when it is whole, so a kill in the middle leaves only what <see cref="RemoveUnfinished"/> clears. A rename can
/// reach the disk before the files do; so a layer that was unpacked in an earlier boot of the machine counts only if it was written out since
/// (<see cref="Settle"/>), and is unpacked again otherwise.
/// </remarks>
public sealed class LayerStore(ImageFolders folders, ContentStore content, LayerLimits? limits = null)
{
    private const string Unfinished = ".new-";
    private const string Doomed = ".old-";
    private const string Settled = "settled";
    private static readonly string Boot = ReadBoot();
    private readonly ConcurrentDictionary<Digest, Lazy<Task>> _underWay = new();

    /// <summary>Where a layer is, or will be.</summary>
    public string PathOf(Digest diffId) => Path.Combine(folders.Layers, diffId.Hex);

    /// <summary>Whether it is there, whole.</summary>
    public bool Has(Digest diffId) => Directory.Exists(PathOf(diffId)) && Mark(diffId) is { } mark && (mark.Since == Settled || mark.Since == Boot);

    /// <summary>Bytes of a layer's files; 0 when it is not there.</summary>
    public long SizeOf(Digest diffId) => Mark(diffId)?.Bytes ?? 0;

    /// <summary>Completes when the layer is unpacked. Many may ask for it at once.</summary>
    /// <param name="blob">The compressed layer, in the content store.</param>
    /// <param name="diffId">What its uncompressed content must be.</param>
    /// <param name="cancel">Gives up waiting; the unpacking goes on.</param>
    /// <exception cref="LayerException">The layer is refused.</exception>
    public async Task<string> EnsureAsync(Digest blob, Digest diffId, CancellationToken cancel)
    {
        if (!Has(diffId))
        {
            // Unpacking blocks on processor and disk, so it gets a thread of its own.
            var work = _underWay.GetOrAdd(
                diffId,
                id => new(() => Task.Factory.StartNew(() => Unpack(blob, id), default, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
            try
            {
                await work.Value.WaitAsync(cancel);
            }
            finally
            {
                if (work.Value.IsCompleted) _underWay.TryRemove(new(diffId, work));
            }
        }
        return PathOf(diffId);
    }

    /// <summary>The layers that are there.</summary>
    public IReadOnlyList<Digest> All()
    {
        if (!Directory.Exists(folders.Layers)) return [];
        var found = new List<Digest>();
        foreach (var path in Directory.EnumerateDirectories(folders.Layers))
            if (Digest.TryParseHex(Path.GetFileName(path), out var digest)) found.Add(digest);
        return found;
    }

    /// <summary>When a layer was unpacked or last asked for.</summary>
    public DateTimeOffset LastUsed(Digest diffId) => File.GetLastWriteTimeUtc(MarkFile(diffId));

    /// <summary>Notes that a layer is used now.</summary>
    public void Use(Digest diffId, DateTimeOffset now)
    {
        if (File.Exists(MarkFile(diffId))) File.SetLastWriteTimeUtc(MarkFile(diffId), now.UtcDateTime);
    }

    /// <summary>Deletes a layer. It is gone at once, even if its deletion is cut short.</summary>
    public void Remove(Digest diffId)
    {
        if (File.Exists(MarkFile(diffId))) File.Delete(MarkFile(diffId));
        if (!Directory.Exists(PathOf(diffId))) return;
        var doomed = Path.Combine(folders.Layers, Doomed + Path.GetRandomFileName());
        Directory.Move(PathOf(diffId), doomed);
        FolderTree.Delete(doomed);
    }

    /// <summary>Deletes what a kill left half unpacked or half deleted. For the start, before anything is unpacked.</summary>
    public void RemoveUnfinished()
    {
        if (!Directory.Exists(folders.Layers)) return;
        foreach (var path in Directory.EnumerateDirectories(folders.Layers, ".*"))
            if (Path.GetFileName(path) is var name
                && (name.StartsWith(Unfinished, StringComparison.Ordinal) || name.StartsWith(Doomed, StringComparison.Ordinal)))
                FolderTree.Delete(path);
    }

    /// <summary>Writes all layers out, so that they count after a power cut too. Blocks for as long as the disk takes.</summary>
    public void Settle()
    {
        var fresh = All().Select(d => (Digest: d, Mark: Mark(d))).Where(static d => d.Mark is { } mark && mark.Since == Boot).ToArray();
        if (fresh.Length == 0) return;
        LayerFolder.Sync(folders.Layers);
        foreach (var (digest, mark) in fresh)
        {
            var used = LastUsed(digest);
            folders.WriteWhole(MarkFile(digest), $"{Settled} {mark!.Value.Bytes}");
            Use(digest, used);
        }
    }

    private void Unpack(Digest blob, Digest diffId)
    {
        if (Has(diffId)) return;
        var building = Directory.CreateDirectory(Path.Combine(folders.Layers, Unfinished + Path.GetRandomFileName())).FullName;
        try
        {
            long bytes;
            using (var folder = new LayerFolder(building))
            using (var archive = new LayerStream(OpenSynchronously(blob), limits ?? LayerLimits.Default, building, CancellationToken.None))
            {
                var unpacker = new LayerUnpacker(folder, limits ?? LayerLimits.Default);
                unpacker.Unpack(archive);
                if (archive.Finish() is var found && found != diffId)
                    throw new LayerException($"the layer's content is {found}, not {diffId} as the image's config says");
                bytes = unpacker.Bytes;
            }
            // What an earlier boot left is not trusted.
            Remove(diffId);
            folders.WriteWhole(MarkFile(diffId), $"{Boot} {bytes}");
            Directory.Move(building, PathOf(diffId));
        }
        catch
        {
            FolderTree.Delete(building);
            throw;
        }
    }

    private FileStream OpenSynchronously(Digest blob) =>
        new(content.PathOf(blob), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 128 << 10);

    private string MarkFile(Digest diffId) => Path.Combine(folders.LayerMarks, diffId.Hex);

    private (string Since, long Bytes)? Mark(Digest diffId)
    {
        try
        {
            return File.ReadAllText(MarkFile(diffId)).Split(' ') is [var since, var size] && long.TryParse(size, out var bytes) ? (since, bytes) : null;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static string ReadBoot() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
}
