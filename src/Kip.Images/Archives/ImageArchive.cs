using System.IO.Compression;
using Kip.Images.Layers;
using Kip.Images.Manifests;
using Kip.Images.References;
using Kip.Images.Storage;

namespace Kip.Images.Archives;

/// <summary>Loads images from files: an OCI layout (folder or tar) or what <c>docker save</c> wrote, also gzipped.</summary>
public sealed class ImageArchive(LocalImages images)
{
    private const int MaxFiles = 10_000;
    private const int MaxPointerBytes = 4 << 20;

    /// <summary>Takes all images of a file or folder in and gives them their names.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="name">The name to give; null: those that the archive states. Only for an archive of one image.</param>
    /// <param name="said">Told what is going on.</param>
    /// <param name="cancel">Gives up; no name stands for anything new then.</param>
    /// <exception cref="ArchiveException">It is no archive of images, is damaged, or states no name.</exception>
    public async Task<IReadOnlyList<LoadedImage>> LoadAsync(string path, ImageReference? name, Action<string> said, CancellationToken cancel)
    {
        try
        {
            var files = new ArchiveFiles();
            if (Directory.Exists(path)) await ReadFolderAsync(path, files, said, cancel);
            else await ReadTarAsync(path, files, said, cancel);
            var found = files.Has("oci-layout") ? await new OciLayoutReader(images, files).ReadAsync(cancel)
                : files.Has("manifest.json") ? await new DockerArchiveReader(images, files).ReadAsync(cancel)
                : throw new ArchiveException($"{path} is neither an OCI layout nor a docker save archive: it has no oci-layout and no manifest.json");
            return Name(path, found, name);
        }
        catch (Exception damaged) when (
            damaged is LayerException or ManifestException or InvalidDataException or DigestMismatchException or BlobTooLargeException)
        {
            throw new ArchiveException($"{path} is damaged or no archive of images: {damaged.Message}", damaged);
        }
    }

    private List<LoadedImage> Name(string path, IReadOnlyList<FoundImage> found, ImageReference? name)
    {
        if (found.Count == 0) throw new ArchiveException($"{path} holds no image");
        if (name is not null && found.Count > 1)
            throw new ArchiveException($"{path} holds {found.Count} images, so they cannot all be called {name}; leave --name out");
        var loaded = new List<LoadedImage>();
        foreach (var image in found)
        {
            var names = name is not null ? [name] : image.Names;
            if (names.Count == 0)
                throw new ArchiveException($"{path} does not say what its image is called; say it with --name, e.g. --name kip.local/hello:v1");
            foreach (var reference in names) loaded.Add(Keep(reference, image.Manifest));
        }
        return loaded;
    }

    private LoadedImage Keep(ImageReference reference, ManifestDocument manifest)
    {
        var own = reference.Registry == ImageReference.OwnRegistry;
        images.Repositories.AddManifest(reference.Name, manifest.Digest, manifest.MediaType);
        // Only what is in Kip's own registry is served, blob by blob.
        if (own) foreach (var blob in manifest.Blobs) images.Repositories.AddBlob(reference.Name, blob.Content);
        images.Repositories.SetTag(reference.Name, reference.Tag ?? "latest", manifest.Digest, own ? TagOrigin.Pushed : TagOrigin.Loaded);
        return new LoadedImage(reference with { Tag = reference.Tag ?? "latest", Digest = null }, manifest.Digest);
    }

    private async Task ReadFolderAsync(string path, ArchiveFiles files, Action<string> said, CancellationToken cancel)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var file in Directory.EnumerateFiles(path, "*", options))
        {
            await using var content = File.OpenRead(file);
            await TakeAsync(files, Path.GetRelativePath(path, file), content, said, cancel);
        }
    }

    private async Task ReadTarAsync(string path, ArchiveFiles files, Action<string> said, CancellationToken cancel)
    {
        await using var file = File.OpenRead(path);
        var isGzip = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        await using Stream plain = isGzip ? new GZipStream(file, CompressionMode.Decompress) : new BufferedStream(file, 128 << 10);
        var reader = new TarReader(plain);
        while (reader.Next() is { } entry)
        {
            var name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
            if (entry.Kind == TarEntryKind.File) await TakeAsync(files, name, reader.Content, said, cancel);
            // Older archives of docker save name a layer that occurs twice by a link.
            else if (entry.Kind is TarEntryKind.SymbolicLink or TarEntryKind.HardLink) files.AddLink(name, entry.LinkName);
        }
    }

    // Names in archives are only keys here; content goes where its digest says.
    private async Task TakeAsync(ArchiveFiles files, string name, Stream content, Action<string> said, CancellationToken cancel)
    {
        if (files.Count >= MaxFiles) throw new ArchiveException($"the archive has more than {MaxFiles} files");
        var isBlob = name.StartsWith("blobs/sha256/", StringComparison.Ordinal);
        if (!isBlob && name is "oci-layout" or "index.json" or "manifest.json" or "repositories")
        {
            var small = new MemoryStream();
            await CopyAsync(content, small, cancel);
            files.AddPointer(name, small.ToArray());
            return;
        }
        said($"loading {name}");
        await using var writer = images.Content.Write();
        await writer.AppendAsync(content, LayerLimits.Default.MaxBytes, cancel);
        Digest? expected = isBlob && Digest.TryParseHex(name["blobs/sha256/".Length..], out var stated) ? stated : null;
        files.AddBlob(name, await writer.CommitAsync(expected, null, durable: true, cancel), writer.Length);
    }

    private static async Task CopyAsync(Stream from, MemoryStream to, CancellationToken cancel)
    {
        var buffer = new byte[16 << 10];
        for (int read; (read = await from.ReadAsync(buffer, cancel)) > 0; to.Write(buffer, 0, read))
            if (to.Length + read > MaxPointerBytes) throw new BlobTooLargeException(MaxPointerBytes);
    }
}

/// <summary>An image that an archive held, under the name it has now.</summary>
public sealed record LoadedImage(ImageReference Name, Digest Digest);

/// <summary>A file that cannot be loaded as images; the message is one sentence.</summary>
public sealed class ArchiveException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>An image in an archive, its content taken in, not yet named.</summary>
internal sealed record FoundImage(ManifestDocument Manifest, IReadOnlyList<ImageReference> Names);
