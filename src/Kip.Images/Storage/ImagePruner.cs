using Kip.Images.Layers;
using Kip.Images.Manifests;
using Kip.Images.References;

namespace Kip.Images.Storage;

/// <summary>What a collection takes away.</summary>
public sealed record PruneOptions
{
    /// <summary>What was used or written more recently stays: it may belong to a push or a start under way.</summary>
    /// <value><see cref="ImageRetention.Grace"/>.</value>
    public TimeSpan Grace { get; init; } = ImageRetention.Grace;

    /// <summary>Pulled images that nobody uses are removed, the longest unused first, until those that are left take no more than this.</summary>
    /// <value>20 GiB. 0 removes all that nobody uses.</value>
    public long MaxPulledBytes { get; init; } = 20L << 30;
}

/// <summary>What a collection took away.</summary>
public sealed record PruneReport(int Images, int Blobs, int Layers, long Bytes);

/// <summary>Deletes content that nothing leads to: mark from the names that stay, then sweep what is old enough.</summary>
/// <remarks>
/// What stays: what is tagged in Kip's own registry or was loaded from a file, what a pod or Revision uses, what an index that stays names,
/// what says something about something that stays; of pulled images the most recently used.
/// Pushes and pulls may run beside it: all they touch is young.
/// </remarks>
public sealed class ImagePruner(ImageFolders folders, LocalImages images, LayerStore layers, TimeProvider time)
{
    /// <param name="inUse">What pods, Deployments and Revisions name, in canonical form.</param>
    /// <param name="options">How much is taken away.</param>
    /// <param name="cancel">Stops between two deletions.</param>
    public async Task<PruneReport> PruneAsync(IReadOnlyCollection<ImageReference> inUse, PruneOptions options, CancellationToken cancel)
    {
        var young = time.GetUtcNow() - options.Grace;
        var kept = await KeptAsync(inUse, young, options.MaxPulledBytes, cancel);
        var removed = RemoveNames(kept, young);
        var marked = new ContentMarks();
        // One after the other, not one within the other: an index may name an index, and so on as deep as somebody likes.
        var queue = new Queue<Digest>(kept.Select(static k => k.Digest));
        while (queue.TryDequeue(out var digest)) await MarkAsync(digest, marked, queue, cancel);
        var (blobs, bytes) = SweepBlobs(marked, young, cancel);
        var (unpacked, layerBytes) = SweepLayers(marked, young, cancel);
        return new PruneReport(removed, blobs, unpacked, bytes + layerBytes);
    }

    private async Task<HashSet<(string Repository, Digest Digest)>> KeptAsync(
        IReadOnlyCollection<ImageReference> inUse, DateTimeOffset young, long maxPulled, CancellationToken cancel)
    {
        var kept = new HashSet<(string, Digest)>();
        var pulled = new List<(string Repository, Digest Digest, DateTimeOffset Used)>();
        foreach (var repository in images.Repositories.All())
        {
            var own = repository.StartsWith(ImageReference.OwnRegistry + "/", StringComparison.Ordinal);
            var tags = images.Repositories.Tags(repository);
            var used = inUse.Where(r => r.Name == repository)
                .Select(r => r.Digest ?? tags.FirstOrDefault(t => t.Name == r.Tag)?.Digest).OfType<Digest>().ToHashSet();
            foreach (var digest in images.Repositories.Manifests(repository))
            {
                var lastUsed = images.Repositories.LastUsed(repository, digest);
                if (used.Contains(digest) || lastUsed > young || tags.Any(t => t.Digest == digest && t.Origin != TagOrigin.Pulled))
                    kept.Add((repository, digest));
                else if (!own) pulled.Add((repository, digest, lastUsed));
            }
        }
        await KeepRecentAsync(kept, pulled, maxPulled, cancel);
        await KeepRelatedAsync(kept, cancel);
        return kept;
    }

    private async Task KeepRecentAsync(
        HashSet<(string, Digest)> kept, List<(string Repository, Digest Digest, DateTimeOffset Used)> pulled, long maxBytes, CancellationToken cancel)
    {
        long total = 0;
        foreach (var (repository, digest, _) in pulled.OrderByDescending(static p => p.Used))
        {
            total += await SizeAsync(digest, cancel);
            if (total > maxBytes) break;
            kept.Add((repository, digest));
        }
    }

    // The images of an index that stays, and what is said about what stays, until there is nothing more of either.
    private async Task KeepRelatedAsync(HashSet<(string Repository, Digest Digest)> kept, CancellationToken cancel)
    {
        var queue = new Queue<(string Repository, Digest Digest)>(kept);
        while (queue.TryDequeue(out var next))
        {
            var related = new List<Digest>(images.Repositories.Referrers(next.Repository, next.Digest));
            if (await ReadAsync(next.Digest, cancel) is { } document) related.AddRange(document.Manifests.Select(static m => m.Content));
            foreach (var digest in related)
                if (images.Repositories.ManifestType(next.Repository, digest) is not null && kept.Add((next.Repository, digest)))
                    queue.Enqueue((next.Repository, digest));
        }
    }

    private int RemoveNames(HashSet<(string Repository, Digest Digest)> kept, DateTimeOffset young)
    {
        var removed = 0;
        foreach (var repository in images.Repositories.All())
        {
            foreach (var digest in images.Repositories.Manifests(repository))
            {
                // Asked again: it may have been used since it was looked at.
                if (kept.Contains((repository, digest)) || images.Repositories.LastUsed(repository, digest) > young) continue;
                images.Repositories.RemoveManifest(repository, digest);
                removed++;
            }
        }
        return removed;
    }

    private async Task MarkAsync(Digest digest, ContentMarks marked, Queue<Digest> more, CancellationToken cancel)
    {
        if (!marked.Blobs.Add(digest) || await ReadAsync(digest, cancel) is not { } document) return;
        foreach (var blob in document.Blobs) marked.Blobs.Add(blob.Content);
        foreach (var child in document.Manifests) more.Enqueue(child.Content);
        if (document.IsIndex || !MediaTypes.IsImageConfig(document.Config?.MediaType)) return;
        try
        {
            if (await images.ConfigAsync(document, cancel) is { } config) marked.Layers.UnionWith(config.DiffIds);
        }
        catch (Exception unreadable) when (unreadable is ManifestException or InvalidDataException)
        {
            // It has never been unpacked, then.
        }
    }

    private (int Count, long Bytes) SweepBlobs(ContentMarks marked, DateTimeOffset young, CancellationToken cancel)
    {
        var (count, bytes) = (0, 0L);
        foreach (var repository in images.Repositories.All())
            foreach (var blob in images.Repositories.Blobs(repository))
                if (!marked.Blobs.Contains(blob) && images.Repositories.BlobAdded(repository, blob) <= young) images.Repositories.RemoveBlob(repository, blob);
        if (!Directory.Exists(folders.Blobs)) return (0, 0);
        foreach (var file in new DirectoryInfo(folders.Blobs).EnumerateFiles())
        {
            cancel.ThrowIfCancellationRequested();
            if (!Digest.TryParseHex(file.Name, out var digest) || marked.Blobs.Contains(digest) || file.LastWriteTimeUtc > young) continue;
            bytes += file.Length;
            count++;
            file.Delete();
        }
        return (count, bytes);
    }

    private (int Count, long Bytes) SweepLayers(ContentMarks marked, DateTimeOffset young, CancellationToken cancel)
    {
        var (count, bytes) = (0, 0L);
        foreach (var layer in layers.All())
        {
            cancel.ThrowIfCancellationRequested();
            if (marked.Layers.Contains(layer) || layers.LastUsed(layer) > young) continue;
            bytes += layers.SizeOf(layer);
            count++;
            layers.Remove(layer);
        }
        return (count, bytes);
    }

    private async Task<long> SizeAsync(Digest digest, CancellationToken cancel) =>
        await ReadAsync(digest, cancel) is { } document ? document.Blobs.Sum(static b => b.Size) + document.Bytes.Length : 0;

    private async Task<ManifestDocument?> ReadAsync(Digest digest, CancellationToken cancel)
    {
        try
        {
            return await images.ManifestAsync(digest, cancel);
        }
        catch (Exception unreadable) when (unreadable is ManifestException or InvalidDataException)
        {
            return null;
        }
    }

    private sealed class ContentMarks
    {
        public HashSet<Digest> Blobs { get; } = [];

        public HashSet<Digest> Layers { get; } = [];
    }
}
