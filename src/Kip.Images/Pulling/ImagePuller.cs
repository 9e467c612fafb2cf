using System.Collections.Concurrent;
using Kip.Images.Layers;
using Kip.Images.Manifests;
using Kip.Images.References;
using Kip.Images.Storage;
using Kip.Resources.Core;

namespace Kip.Images.Pulling;

/// <summary>Brings an image from its registry into the store: its manifest, config, and those layers that are not here in any form.</summary>
/// <remarks>At most <see cref="Downloads"/> blobs come in at once, whoever asked for them, and each blob once.</remarks>
public sealed class ImagePuller(LocalImages images, LayerStore layers, RegistryClient registries, Credentials credentials, TimeProvider time) : IDisposable
{
    public const int Downloads = 6;
    private const long MaxLayerBytes = 16L << 30;
    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _slots = new(Downloads);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Digest, Lazy<Task>> _underWay = new();

    /// <summary>Completes when all of the image is here that is not unpacked already.</summary>
    /// <param name="image">What to pull.</param>
    /// <param name="pullSecrets">Whose credentials are tried first.</param>
    /// <param name="progress">Told what is going on; null: nobody.</param>
    /// <param name="cancel">Gives up waiting.</param>
    /// <param name="whole">Whether layers are wanted in their compressed form even if they are unpacked already.</param>
    /// <returns>What its name stands for: the digest of its manifest, or of its index.</returns>
    /// <exception cref="ImageException">It cannot be had.</exception>
    public async Task<Digest> PullAsync(
        ImageReference image, IReadOnlyList<Secret> pullSecrets, IProgress<PullProgress>? progress, CancellationToken cancel, bool whole = false)
    {
        progress?.Report(new(image.ToString(), "asking the registry", 0, 0));
        var who = await credentials.ForAsync(image, pullSecrets, cancel);
        var top = await registries.ManifestAsync(image, who, cancel);
        var manifest = top.IsIndex ? await registries.ManifestAsync(image.At(LocalImages.Choose(top).Content), who, cancel) : top;
        if (manifest.IsIndex) throw new ManifestException("its index names an index");
        if (!MediaTypes.IsImageConfig(manifest.Config!.MediaType))
            throw new ManifestException($"it is no image that can run but an artifact ({manifest.ArtifactType})");

        // The config first: it tells which layers are unpacked already.
        await FetchAsync(image, manifest.Config!, ImageConfigDocument.MaxBytes, who, static _ => { }, cancel);
        var config = await images.ConfigAsync(manifest, cancel);
        if (config!.DiffIds.Count != manifest.Layers.Count)
            throw new ManifestException($"the config names {config.DiffIds.Count} layers, the manifest {manifest.Layers.Count}");
        var missing = manifest.Layers.Zip(config.DiffIds).Where(l => whole || !layers.Has(l.Second))
            .Select(static l => l.First).DistinctBy(static l => l.Digest).ToArray();
        await FetchLayersAsync(image, missing, who, progress, cancel);

        // The name last: whoever finds it finds all of the image.
        foreach (var document in (ManifestDocument[])[manifest, top])
        {
            await images.Content.PutAsync(document.Bytes, cancel);
            images.Repositories.AddManifest(image.Name, document.Digest, document.MediaType);
        }
        if (image is { Tag: { } tag, Digest: null }) images.Repositories.SetTag(image.Name, tag, top.Digest, TagOrigin.Pulled);
        return top.Digest;
    }

    /// <summary>What a reference stands for at its registry now.</summary>
    /// <exception cref="ImageException">It cannot be told.</exception>
    public async Task<Digest> ResolveAsync(ImageReference image, IReadOnlyList<Secret> pullSecrets, CancellationToken cancel) =>
        await registries.ResolveAsync(image, await credentials.ForAsync(image, pullSecrets, cancel), cancel);

    public void Dispose()
    {
        _stop.Cancel();
        _slots.Dispose();
        _stop.Dispose();
    }

    private async Task FetchLayersAsync(
        ImageReference image, Descriptor[] missing, IReadOnlyList<RegistryCredential> who, IProgress<PullProgress>? progress,
        CancellationToken cancel)
    {
        var total = missing.Sum(static l => l.Size);
        long done = 0, told = 0;
        await Task.WhenAll(missing.Select(layer => FetchAsync(image, layer, MaxLayerBytes, who, Received, cancel)));

        void Received(int bytes)
        {
            var now = Interlocked.Add(ref done, bytes);
            var before = Interlocked.Read(ref told);
            if (progress is null || time.GetElapsedTime(before) < TellEvery || Interlocked.CompareExchange(ref told, time.GetTimestamp(), before) != before)
                return;
            progress.Report(new(image.ToString(), $"pulling {missing.Length} layers", now, total));
        }
    }

    private async Task FetchAsync(
        ImageReference image, Descriptor blob, long maxBytes, IReadOnlyList<RegistryCredential> who, Action<int> received, CancellationToken cancel)
    {
        var digest = blob.Content;
        if (blob.Size > maxBytes) throw new ImageException(ImageFailure.ErrImagePull, $"{digest} of {image} has {blob.Size} bytes; {maxBytes} are allowed");
        if (images.Content.Touch(digest)) return;
        // Others may wait for the same blob, so one who gives up does not end it.
        var work = _underWay.GetOrAdd(digest, _ => new(() => DownloadAsync(image, blob, who, received)));
        try
        {
            await work.Value.WaitAsync(cancel);
        }
        finally
        {
            if (work.Value.IsCompleted) _underWay.TryRemove(new(digest, work));
        }
    }

    private async Task DownloadAsync(ImageReference image, Descriptor blob, IReadOnlyList<RegistryCredential> who, Action<int> received)
    {
        await _slots.WaitAsync(_stop.Token);
        try
        {
            await using var writer = images.Content.Write();
            await registries.DownloadAsync(image, blob, who, writer, received, _stop.Token);
            await writer.CommitAsync(blob.Content, blob.Size, durable: false, _stop.Token);
        }
        catch (Exception lied) when (lied is DigestMismatchException or BlobTooLargeException)
        {
            throw new ImageException(ImageFailure.ErrImagePull, $"a layer of {image} is not what its manifest says: {lied.Message}", lied);
        }
        finally
        {
            _slots.Release();
        }
    }
}
