using System.Collections.Concurrent;
using System.Text.Json;

namespace Kip.Runtime.Bundles;

/// <summary>The bundles in a data folder, by digest.</summary>
/// <remarks>Several processes may use one folder at once: a bundle appears whole, by a rename, and is never changed.</remarks>
/// <param name="dataDirectory">The platform's data folder; bundles are in <c>bundles/sha256</c> below it.</param>
public sealed class BundleStore(string dataDirectory)
{
    private readonly ConcurrentDictionary<string, BundleManifest> _manifests = new();

    internal string Root { get; } = Path.Combine(Path.GetFullPath(dataDirectory), "bundles");

    private string ByDigest => Path.Combine(Root, "sha256");

    /// <summary>Finds the bundle that an image reference names. Null: it is no bundle's reference, or the bundle is not here.</summary>
    public Bundle? Resolve(string image) => BundleImage.TryParse(image, out var parsed) ? Find(parsed) : null;

    internal Bundle? Find(BundleImage image)
    {
        var folder = FolderOf(image.Hex);
        if (!Directory.Exists(folder))
        {
            _manifests.TryRemove(image.Hex, out _);
            return null;
        }
        if (_manifests.TryGetValue(image.Hex, out var known)) return new Bundle(image, folder, known);
        try
        {
            var manifest = BundleManifest.Read(File.ReadAllBytes(Path.Combine(folder, BundleManifest.FileName)));
            return new Bundle(image, folder, _manifests.GetOrAdd(image.Hex, manifest));
        }
        catch (Exception damaged) when (damaged is IOException or JsonException)
        {
            // A bundle without a readable manifest cannot be started; building it again repairs it.
            return null;
        }
    }

    internal string FolderOf(string hex) => Path.Combine(ByDigest, hex);

    /// <summary>Moves a finished folder to its place. The same content twice is kept once.</summary>
    internal void Adopt(string finished, string hex)
    {
        Directory.CreateDirectory(ByDigest);
        var folder = FolderOf(hex);
        if (Directory.Exists(folder) && !File.Exists(Path.Combine(folder, BundleManifest.FileName))) Directory.Delete(folder, recursive: true);
        try
        {
            Directory.Move(finished, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Directory.Delete(finished, recursive: true);
        }
    }

    /// <summary>Deletes every bundle that none of the references names and that is older than the given age.</summary>
    /// <param name="referenced">Images of all revisions, deployments and pods.</param>
    /// <param name="olderThan">Younger ones stay: whoever built one may be about to use it.</param>
    /// <param name="now">The present time.</param>
    /// <returns>How many were deleted.</returns>
    public int Prune(IEnumerable<string> referenced, TimeSpan olderThan, DateTimeOffset now)
    {
        if (!Directory.Exists(ByDigest)) return 0;
        var keep = referenced.Select(static i => BundleImage.TryParse(i, out var image) ? image.Hex : "").ToHashSet(StringComparer.Ordinal);
        var pruned = 0;
        foreach (var folder in new DirectoryInfo(ByDigest).EnumerateDirectories())
        {
            if (keep.Contains(folder.Name) || now - folder.LastWriteTimeUtc < olderThan) continue;
            // The manifest goes last in a plain delete's arbitrary order; renaming first keeps a half-deleted bundle from being found.
            var doomed = Path.Combine(Root, $"pruned-{folder.Name}");
            folder.MoveTo(doomed);
            Directory.Delete(doomed, recursive: true);
            _manifests.TryRemove(folder.Name, out _);
            pruned++;
        }
        PruneIndex();
        return pruned;
    }

    /// <summary>Forgets which inputs gave a bundle that is gone.</summary>
    private void PruneIndex()
    {
        var index = Path.Combine(Root, "inputs");
        if (!Directory.Exists(index)) return;
        foreach (var entry in Directory.EnumerateFiles(index))
            if (!entry.EndsWith(".new", StringComparison.Ordinal) && !Directory.Exists(FolderOf(File.ReadAllText(entry)))) File.Delete(entry);
    }
}
