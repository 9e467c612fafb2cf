using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Kip.Client.Images;

namespace Kip.Runtime.Bundles;

/// <summary>The bundles in a data folder, by digest.</summary>
/// <remarks>Several processes may use one folder at once: a bundle appears whole, by a rename, and is never changed.</remarks>
/// <param name="dataDirectory">The platform's data folder; bundles are in <c>bundles/sha256</c> below it.</param>
public sealed class BundleStore(string dataDirectory) : IImageDigests
{
    private readonly ConcurrentDictionary<string, BundleManifest> _manifests = new();

    internal string Root { get; } = Path.Combine(Path.GetFullPath(dataDirectory), "bundles");

    private const string Latest = ":latest";

    private string Tags => Path.Combine(Root, "tags");

    // A name may hold slashes; the file's name may not.
    private string TagFile(string name) => Path.Combine(Tags, Uri.EscapeDataString(name));

    private string ByDigest => Path.Combine(Root, "sha256");

    /// <summary>Finds the bundle that an image reference names. Null: it is no bundle's reference, or the bundle is not here.</summary>
    public Bundle? Resolve(string image) => BundleImage.TryParse(image, out var parsed) ? Find(parsed) : null;

    /// <summary>The bundle of a reference or of a name; a name stands for what was last built under it.</summary>
    public Bundle? ResolveNamed(string image) => Resolve(image) ?? (Find(image) is { } reference ? Resolve(reference) : null);

    /// <inheritdoc/>
    /// <remarks>A name without a digest, <c>kip.local/NAME</c> or <c>kip.local/NAME:latest</c>, stands for what was last built under it.</remarks>
    public string? Find(string image)
    {
        if (!image.StartsWith(BundleImage.Registry, StringComparison.Ordinal)) return null;
        var name = image[BundleImage.Registry.Length..];
        if (name.EndsWith(Latest, StringComparison.Ordinal)) name = name[..^Latest.Length];
        var file = TagFile(name);
        var reference = File.Exists(file) ? File.ReadAllText(file) : "";
        return Resolve(reference)?.Image.ToString();
    }

    /// <summary>Makes a name stand for a bundle from now on.</summary>
    public void Tag(BundleImage image)
    {
        Directory.CreateDirectory(Tags);
        var fresh = Path.Combine(Tags, $".{Path.GetRandomFileName()}");
        File.WriteAllText(fresh, image.ToString());
        File.Move(fresh, TagFile(image.Name), overwrite: true);
    }

    /// <summary>Keeps a bundle that has no files of its own but starts a program that is on this machine anyway, and tags it.</summary>
    public BundleImage Add(BundleManifest manifest)
    {
        var text = manifest.Write();
        var image = new BundleImage(manifest.Name, Convert.ToHexStringLower(SHA256.HashData(text)));
        if (Find(image) is null)
        {
            var building = Directory.CreateDirectory(Path.Combine(Root, $"building-{Path.GetRandomFileName()}")).FullName;
            Directory.CreateDirectory(Path.Combine(building, Bundle.ContentFolder));
            File.WriteAllBytes(Path.Combine(building, BundleManifest.FileName), text);
            Adopt(building, image.Hex);
        }
        Tag(image);
        return image;
    }

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
