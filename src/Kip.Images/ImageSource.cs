using System.Collections.Concurrent;
using Kip.Images.Layers;
using Kip.Images.Manifests;
using Kip.Images.Pulling;
using Kip.Images.References;
using Kip.Images.Storage;
using Kip.Resources.Core;

namespace Kip.Images;

/// <summary>Finds images on this machine, pulls what is missing, unpacks what is not unpacked.</summary>
/// <param name="images">What is here.</param>
/// <param name="layers">Where layers are unpacked.</param>
/// <param name="puller">Fetches from registries.</param>
/// <param name="own">Tells which names mean Kip's own registry.</param>
/// <param name="time">For when images were last used.</param>
public sealed class ImageSource(LocalImages images, LayerStore layers, ImagePuller puller, OwnRegistry own, TimeProvider time) : IImageSource
{
    // What was unpacked a moment ago is found without reading its manifest and config again; a cold start should not wait for that.
    private const int Remembered = 256;
    private readonly ConcurrentDictionary<Digest, Ready> _ready = new();

    public async Task<UnpackedImage> EnsureAsync(
        string reference, string policy, IReadOnlyList<Secret> pullSecrets, IProgress<PullProgress>? progress, CancellationToken cancel)
    {
        var wanted = own.Canonical(ImageReference.Parse(reference));
        try
        {
            var digest = await FindAsync(wanted, policy, pullSecrets, progress, cancel);
            return await UnpackedAsync(wanted, digest, progress, cancel)
                // Parts of it were collected, or the store was cleared by hand: what its registry has can be fetched again.
                ?? await UnpackedAsync(wanted, await PullAsync(wanted.At(digest), policy, pullSecrets, progress, cancel), progress, cancel)
                ?? throw new ImageException(ImageFailure.ErrImagePull, $"the image {wanted} was removed while it was being pulled");
        }
        catch (Exception refused) when (refused is ManifestException or LayerException or InvalidDataException)
        {
            throw new ImageException(ImageFailure.ErrImagePull, $"the image {wanted} is refused: {refused.Message}", refused);
        }
    }

    // Which content the reference stands for, which is here when this returns unless it was collected.
    private async Task<Digest> FindAsync(
        ImageReference wanted, string policy, IReadOnlyList<Secret> secrets, IProgress<PullProgress>? progress, CancellationToken cancel)
    {
        var here = images.Find(wanted);
        if (wanted.Registry == ImageReference.OwnRegistry)
            return here?.Digest ?? throw new ImageException(
                ImageFailure.ErrImagePull,
                $"Kip's own registry has no {wanted}; push it there, or load it with: kip image load FILE --name {wanted}");
        if (policy == "Never")
            return here?.Digest ?? throw new ImageException(
                ImageFailure.ErrImageNeverPull, $"Container image \"{wanted}\" is not present with pull policy of Never");
        var mayHaveChanged = policy == "Always" && wanted.Digest is null && here?.Origin != TagOrigin.Loaded;
        return here is not null && !mayHaveChanged ? here.Digest : await puller.PullAsync(wanted, secrets, progress, cancel);
    }

    private async Task<Digest> PullAsync(
        ImageReference wanted, string policy, IReadOnlyList<Secret> secrets, IProgress<PullProgress>? progress, CancellationToken cancel)
    {
        if (wanted.Registry == ImageReference.OwnRegistry || policy == "Never")
            throw new ImageException(ImageFailure.ErrImagePull, $"the image {wanted} is not whole on this machine: a layer is missing");
        return await puller.PullAsync(wanted, secrets, progress, cancel);
    }

    // Null when a part of it is not here.
    private async Task<UnpackedImage?> UnpackedAsync(ImageReference wanted, Digest digest, IProgress<PullProgress>? progress, CancellationToken cancel)
    {
        var ready = Recall(digest) ?? await UnpackAsync(wanted, digest, progress, cancel);
        if (ready is null) return null;
        images.Repositories.Use(wanted.Name, digest, time.GetUtcNow());
        return new UnpackedImage
        {
            Reference = wanted, Digest = digest, Config = ready.Config, LayerDirectories = [.. ready.Layers.Select(layers.PathOf)],
        };
    }

    private Ready? Recall(Digest digest) => _ready.TryGetValue(digest, out var ready) && ready.Layers.All(layers.Has) ? ready : null;

    private async Task<Ready?> UnpackAsync(ImageReference wanted, Digest digest, IProgress<PullProgress>? progress, CancellationToken cancel)
    {
        if (await images.ForThisMachineAsync(digest, cancel) is not { } manifest || await images.ConfigAsync(manifest, cancel) is not { } config) return null;
        if (config.DiffIds.Count != manifest.Layers.Count)
            throw new ManifestException($"the config names {config.DiffIds.Count} layers, the manifest {manifest.Layers.Count}");
        if (config.Platform is { Os: not ("" or "linux") } foreign)
            throw new ManifestException($"it is made for {foreign}, and this machine is {Platform.Current}");
        var pairs = manifest.Layers.Zip(config.DiffIds).ToArray();
        var missing = pairs.Where(p => !layers.Has(p.Second)).ToArray();
        if (missing.Any(p => !images.Content.Has(p.First.Content))) return null;
        if (missing.Length > 0) progress?.Report(new(wanted.ToString(), $"unpacking {missing.Length} layers", 0, 0));
        await Task.WhenAll(missing.Select(p => layers.EnsureAsync(p.First.Content, p.Second, cancel)));
        foreach (var layer in config.DiffIds) layers.Use(layer, time.GetUtcNow());
        if (_ready.Count >= Remembered) _ready.Clear();
        return _ready[digest] = new Ready(config.Run, config.DiffIds);
    }

    private sealed record Ready(ImageConfig Config, IReadOnlyList<Digest> Layers);
}
