using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kip.Images.Manifests;
using Kip.Images.References;
using Kip.Images.Storage;

namespace Kip.Images.Builds;

/// <summary>What is put on top of a base image.</summary>
public sealed record AppImageOptions
{
    /// <summary>The name that the image gets; its registry is Kip's own.</summary>
    public required ImageReference Name { get; init; }

    /// <summary>The folder whose content becomes <see cref="Path"/>.</summary>
    public required string Folder { get; init; }

    /// <value><c>/app</c>.</value>
    public string Path { get; init; } = "/app";

    public required IReadOnlyList<string> Entrypoint { get; init; }

    /// <summary>Added to the base's, each <c>NAME=value</c>.</summary>
    public IReadOnlyList<string> Env { get; init; } = [];
}

/// <summary>Makes an image without a Dockerfile: one layer over a base that is on this machine.</summary>
/// <remarks>The same files over the same base give the same digest: times and owners in the layer are always the same.</remarks>
public sealed class AppImage(LocalImages images)
{
    private static readonly DateTimeOffset Epoch = DateTimeOffset.UnixEpoch;

    /// <summary>Builds the image and lets its name stand for it.</summary>
    /// <param name="baseName">What the base is called, for messages and for its repository.</param>
    /// <param name="baseDigest">Its content, on this machine, layers included.</param>
    /// <param name="options">What comes on top.</param>
    /// <param name="cancel">Gives up; the name stands for nothing new then.</param>
    /// <exception cref="ManifestException">The base is no image for this machine, or not whole.</exception>
    public async Task<Digest> BuildAsync(ImageReference baseName, Digest baseDigest, AppImageOptions options, CancellationToken cancel)
    {
        var below = await images.ForThisMachineAsync(baseDigest, cancel) ?? throw new ManifestException($"the base image {baseName} is not on this machine");
        foreach (var layer in below.Layers)
            if (!images.Content.Touch(layer.Content))
                throw new ManifestException($"a layer of the base image {baseName} is not on this machine any more; pull or load it again");
        var config = await images.Content.ReadAsync(below.Config!.Content, ImageConfigDocument.MaxBytes, cancel) is { } bytes
            ? JsonNode.Parse(bytes)!.AsObject()
            : throw new ManifestException($"the config of the base image {baseName} is not on this machine");

        var (layerDigest, diffId, size) = await WriteLayerAsync(options, cancel);
        Change(config, diffId, options);
        var configBytes = JsonSerializer.SerializeToUtf8Bytes(config, BuildJson.Default.JsonObject);
        var configDigest = await images.Content.PutAsync(configBytes, cancel);
        var manifest = ManifestDocument.Read(JsonSerializer.SerializeToUtf8Bytes(new ManifestContent
        {
            SchemaVersion = 2, MediaType = MediaTypes.OciManifest,
            Config = new Descriptor { MediaType = MediaTypes.OciConfig, Digest = configDigest.ToString(), Size = configBytes.Length },
            Layers = [.. below.Layers, new Descriptor { MediaType = MediaTypes.OciLayerGzip, Digest = layerDigest.ToString(), Size = size }],
        }, ManifestJson.Default.ManifestContent), MediaTypes.OciManifest);

        await images.Content.PutAsync(manifest.Bytes, cancel);
        foreach (var blob in manifest.Blobs) images.Repositories.AddBlob(options.Name.Name, blob.Content);
        images.Repositories.AddManifest(options.Name.Name, manifest.Digest, manifest.MediaType);
        images.Repositories.SetTag(options.Name.Name, options.Name.Tag ?? "latest", manifest.Digest, TagOrigin.Pushed);
        return manifest.Digest;
    }

    private static void Change(JsonObject config, Digest diffId, AppImageOptions options)
    {
        if (config["rootfs"]?["diff_ids"] is not JsonArray layers) throw new ManifestException("the base image's config does not name its layers");
        layers.Add($"{diffId}");
        if (config["config"] is not JsonObject run) config["config"] = run = [];
        var env = run["Env"] as JsonArray ?? [];
        run["Env"] = env;
        foreach (var variable in options.Env) env.Add(variable);
        run["Entrypoint"] = new JsonArray([.. options.Entrypoint.Select(static w => (JsonNode)w)]);
        run.Remove("Cmd");
        run["WorkingDir"] = options.Path;
        var created = Epoch.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        config["created"] = created;
        // Builders that go on from here want one entry for each layer, or no history at all.
        if (config["history"] is JsonArray { Count: > 0 } history)
            history.Add(new JsonObject { ["created"] = created, ["created_by"] = "kip deploy --container" });
    }

    private async Task<(Digest Layer, Digest DiffId, long Size)> WriteLayerAsync(AppImageOptions options, CancellationToken cancel)
    {
        await using var blob = images.Content.Write();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using (var compressed = new GZipStream(new BlobStream(blob), CompressionLevel.Optimal))
        await using (var hashed = new HashedStream(compressed, hash))
        await using (var archive = new TarWriter(hashed, TarEntryFormat.Pax, leaveOpen: true))
            await WriteFolderAsync(archive, options.Folder, options.Path.Trim('/'), cancel);
        var diffId = Digest.FromHash(hash.GetCurrentHash());
        return (await blob.CommitAsync(null, null, durable: true, cancel), diffId, blob.Length);
    }

    private static async Task WriteFolderAsync(TarWriter archive, string folder, string path, CancellationToken cancel)
    {
        await archive.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, path + "/") { Mode = Mode(0b111_101_101), ModificationTime = Epoch }, cancel);
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().OrderBy(static e => e.Name, StringComparer.Ordinal))
        {
            var name = $"{path}/{entry.Name}";
            if (entry.LinkTarget is { } target)
                await archive.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target, ModificationTime = Epoch }, cancel);
            else if (entry is DirectoryInfo) await WriteFolderAsync(archive, entry.FullName, name, cancel);
            else await WriteFileAsync(archive, entry, name, cancel);
        }
    }

    private static async Task WriteFileAsync(TarWriter archive, FileSystemInfo entry, string name, CancellationToken cancel)
    {
        await using var content = File.OpenRead(entry.FullName);
        // Readable by whatever user the image runs as.
        var mode = entry.UnixFileMode.HasFlag(UnixFileMode.UserExecute) ? 0b111_101_101 : 0b110_100_100;
        await archive.WriteEntryAsync(
            new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content, Mode = Mode(mode), ModificationTime = Epoch }, cancel);
    }

    private static UnixFileMode Mode(int bits) => (UnixFileMode)bits;
}
