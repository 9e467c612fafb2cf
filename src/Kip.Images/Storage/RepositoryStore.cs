using Kip.Images.References;

namespace Kip.Images.Storage;

/// <summary>What names stand for: the tags of each repository, and which content belongs to it.</summary>
/// <remarks>
/// A repository is named with its registry, e.g. <c>kip.local/hello</c> for one of Kip's own, <c>docker.io/library/busybox</c> for a pulled one.
/// </remarks>
public sealed class RepositoryStore(ImageFolders folders)
{
    private const string TagsFolder = "_tags";
    private const string ManifestsFolder = "_manifests";
    private const string BlobsFolder = "_blobs";
    private const string ReferrersFolder = "_referrers";

    /// <summary>What a tag stands for; null when there is no such tag.</summary>
    public TagEntry? Tag(string repository, string tag)
    {
        var file = TagFile(repository, tag);
        return ReadText(file) is { } text ? TagEntry.Parse(tag, text, File.GetLastWriteTimeUtc(file)) : null;
    }

    /// <summary>Makes a tag stand for a manifest from now on.</summary>
    public void SetTag(string repository, string tag, Digest digest, TagOrigin origin) =>
        folders.WriteWhole(TagFile(repository, tag), $"{digest} {origin}");

    /// <summary>False when there is no such tag.</summary>
    public bool RemoveTag(string repository, string tag) => Remove(TagFile(repository, tag));

    /// <summary>All tags in the order of their names, byte by byte.</summary>
    public IReadOnlyList<TagEntry> Tags(string repository) =>
        [.. Names(Folder(repository, TagsFolder)).Select(tag => Tag(repository, tag)).OfType<TagEntry>().OrderBy(static t => t.Name, StringComparer.Ordinal)];

    /// <summary>The media type of a manifest that belongs to a repository; null when it does not.</summary>
    public string? ManifestType(string repository, Digest digest) => ReadText(Link(repository, ManifestsFolder, digest));

    public void AddManifest(string repository, Digest digest, string mediaType) => folders.WriteWhole(Link(repository, ManifestsFolder, digest), mediaType);

    /// <summary>Removes a manifest and the tags that stand for it. False when it is not there.</summary>
    public bool RemoveManifest(string repository, Digest digest)
    {
        foreach (var tag in Tags(repository))
            if (tag.Digest == digest) RemoveTag(repository, tag.Name);
        return Remove(Link(repository, ManifestsFolder, digest));
    }

    public IReadOnlyList<Digest> Manifests(string repository) => Digests(Folder(repository, ManifestsFolder));

    /// <summary>When a manifest was last put, pulled or used.</summary>
    public DateTimeOffset LastUsed(string repository, Digest digest) => File.GetLastWriteTimeUtc(Link(repository, ManifestsFolder, digest));

    /// <summary>Notes that a manifest is used now.</summary>
    public void Use(string repository, Digest digest, DateTimeOffset now)
    {
        var link = Link(repository, ManifestsFolder, digest);
        if (File.Exists(link)) File.SetLastWriteTimeUtc(link, now.UtcDateTime);
    }

    public bool HasBlob(string repository, Digest digest) => File.Exists(Link(repository, BlobsFolder, digest));

    public void AddBlob(string repository, Digest digest) => folders.WriteWhole(Link(repository, BlobsFolder, digest), "");

    /// <summary>When a blob was last put into a repository, or asked for by somebody who is about to push.</summary>
    public DateTimeOffset BlobAdded(string repository, Digest digest) => File.GetLastWriteTimeUtc(Link(repository, BlobsFolder, digest));

    public bool RemoveBlob(string repository, Digest digest) => Remove(Link(repository, BlobsFolder, digest));

    public IReadOnlyList<Digest> Blobs(string repository) => Digests(Folder(repository, BlobsFolder));

    /// <summary>The manifests that say something about a subject, which need not be there itself.</summary>
    public IReadOnlyList<Digest> Referrers(string repository, Digest subject) => Digests(ReferrersOf(repository, subject));

    public void AddReferrer(string repository, Digest subject, Digest referrer) =>
        folders.WriteWhole(Path.Combine(ReferrersOf(repository, subject), referrer.Hex), "");

    public void RemoveReferrer(string repository, Digest subject, Digest referrer) => Remove(Path.Combine(ReferrersOf(repository, subject), referrer.Hex));

    /// <summary>Whether anything was ever put there.</summary>
    public bool Exists(string repository) => Directory.Exists(Folder(repository, ManifestsFolder)) || Directory.Exists(Folder(repository, BlobsFolder));

    /// <summary>The names of all repositories, in order.</summary>
    public IReadOnlyList<string> All()
    {
        if (!Directory.Exists(folders.Repositories)) return [];
        return [.. Directory.EnumerateDirectories(folders.Repositories, "_*", SearchOption.AllDirectories)
            .Where(static d => Path.GetFileName(d) is ManifestsFolder or BlobsFolder)
            .Select(d => Path.GetRelativePath(folders.Repositories, Path.GetDirectoryName(d)!))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private static List<Digest> Digests(string folder)
    {
        var digests = new List<Digest>();
        foreach (var name in Names(folder))
            if (Digest.TryParseHex(name, out var digest)) digests.Add(digest);
        return digests;
    }

    private static IEnumerable<string> Names(string folder) =>
        Directory.Exists(folder) ? Directory.GetFiles(folder).Select(static f => Path.GetFileName(f)) : [];

    private static string? ReadText(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static bool Remove(string file)
    {
        if (!File.Exists(file)) return false;
        File.Delete(file);
        return true;
    }

    // Names come from references, whose form allows no part that is "..", empty or begins with an underscore.
    private string Folder(string repository, string part) => Path.Combine(folders.Repositories, repository, part);

    private string TagFile(string repository, string tag) => Path.Combine(Folder(repository, TagsFolder), tag);

    private string Link(string repository, string part, Digest digest) => Path.Combine(Folder(repository, part), digest.Hex);

    private string ReferrersOf(string repository, Digest subject) => Path.Combine(Folder(repository, ReferrersFolder), subject.Hex);
}
