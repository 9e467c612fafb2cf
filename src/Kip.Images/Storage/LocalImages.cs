using Kip.Images.Manifests;
using Kip.Images.References;

namespace Kip.Images.Storage;

/// <summary>The images on this machine by name: content, tags and unpacked layers seen together.</summary>
public sealed class LocalImages(ContentStore content, RepositoryStore repositories)
{
    public ContentStore Content { get; } = content;

    public RepositoryStore Repositories { get; } = repositories;

    /// <summary>Opens the images in a data folder.</summary>
    public static LocalImages Open(ImageFolders folders) => new(new ContentStore(folders), new RepositoryStore(folders));

    /// <summary>What a reference stands for here; null when it is not here.</summary>
    public TagEntry? Find(ImageReference reference)
    {
        if (reference.Digest is not { } digest) return Repositories.Tag(reference.Name, reference.Tag!);
        return Repositories.ManifestType(reference.Name, digest) is null
            ? null
            : new TagEntry(reference.Tag ?? "", digest, TagOrigin.Pulled, Repositories.LastUsed(reference.Name, digest));
    }

    /// <summary>Reads a manifest or index; null when it is not here.</summary>
    /// <exception cref="ManifestException">It is no manifest.</exception>
    public async Task<ManifestDocument?> ManifestAsync(Digest digest, CancellationToken cancel) =>
        await Content.ReadAsync(digest, ManifestDocument.MaxBytes, cancel) is { } bytes ? ManifestDocument.Read(bytes, null) : null;

    /// <summary>Reads the manifest for this machine: the one named, or the one that an index names for it. Null when it is not here.</summary>
    /// <exception cref="ManifestException">The index has none for this platform, or it is no manifest.</exception>
    public async Task<ManifestDocument?> ForThisMachineAsync(Digest digest, CancellationToken cancel)
    {
        if (await ManifestAsync(digest, cancel) is not { } document) return null;
        if (!document.IsIndex) return document;
        return await ManifestAsync(Choose(document).Content, cancel) is not { IsIndex: false } image ? null : image;
    }

    /// <summary>Which image of an index is for this machine.</summary>
    /// <exception cref="ManifestException">None is.</exception>
    public static Descriptor Choose(ManifestDocument index) => Platform.Current.Choose(index.Manifests)
        ?? throw new ManifestException($"no image for {Platform.Current}; it has: "
        + $"{string.Join(", ", index.Manifests.Select(static m => m.Platform is { } p ? $"{p.Os}/{p.Architecture}" : "unnamed").Distinct().Take(20))}");

    /// <summary>Reads an image's config; null when it is not here.</summary>
    /// <exception cref="ManifestException">It is no image's config.</exception>
    public async Task<ImageConfigDocument?> ConfigAsync(ManifestDocument image, CancellationToken cancel)
    {
        if (!MediaTypes.IsImageConfig(image.Config?.MediaType))
            throw new ManifestException($"it is no image that can run but an artifact ({image.ArtifactType})");
        return await Content.ReadAsync(image.Config!.Content, ImageConfigDocument.MaxBytes, cancel) is { } bytes ? ImageConfigDocument.Read(bytes) : null;
    }
}
