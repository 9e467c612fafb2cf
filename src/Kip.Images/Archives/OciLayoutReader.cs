using Kip.Images.Manifests;
using Kip.Images.References;
using Kip.Images.Storage;

namespace Kip.Images.Archives;

/// <summary>Finds the images of an OCI layout whose blobs are in the store.</summary>
internal sealed class OciLayoutReader(LocalImages images, ArchiveFiles files)
{
    private const string TagAnnotation = "org.opencontainers.image.ref.name";
    private const string NameAnnotation = "io.containerd.image.name";

    public async Task<IReadOnlyList<FoundImage>> ReadAsync(CancellationToken cancel)
    {
        var index = ManifestDocument.Read(files.Pointer("index.json"), MediaTypes.OciIndex);
        var found = new List<FoundImage>();
        foreach (var entry in index.Manifests)
        {
            var manifest = await images.ManifestAsync(entry.Content, cancel) ?? throw new ArchiveException(
                $"the archive has no {entry.Digest}, which its index names");
            // Signatures and attestations of the images lie beside them.
            if (manifest is { IsIndex: false } && !MediaTypes.IsImageConfig(manifest.Config?.MediaType)) continue;
            await CheckWholeAsync(manifest, cancel);
            found.Add(new FoundImage(manifest, NamesOf(entry)));
        }
        return found;
    }

    private static ImageReference[] NamesOf(Descriptor entry)
    {
        var annotations = entry.Annotations ?? [];
        // Docker states the whole name; skopeo and buildah only a tag, unless they were given more.
        if (annotations.GetValueOrDefault(NameAnnotation) is { } name && ImageReference.TryParse(name, out var whole)) return [whole];
        return annotations.GetValueOrDefault(TagAnnotation) is { } tag && tag.AsSpan().ContainsAny('/', ':') && ImageReference.TryParse(tag, out var reference)
            ? [reference]
            : [];
    }

    private async Task CheckWholeAsync(ManifestDocument manifest, CancellationToken cancel)
    {
        if (manifest.IsIndex)
        {
            // An index may name platforms that were left out; the one for this machine must be there.
            var own = LocalImages.Choose(manifest);
            manifest = await images.ManifestAsync(own.Content, cancel) ?? throw new ArchiveException($"the archive has no image for {Platform.Current}");
        }
        foreach (var blob in manifest.Blobs)
            if (images.Content.SizeOf(blob.Content) != blob.Size)
                throw new ArchiveException($"the archive has no {blob.Digest} of {blob.Size} bytes, which a manifest names");
    }
}
