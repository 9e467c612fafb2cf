using System.Text.Json;
using System.Text.Json.Serialization;
using Kip.Images.Manifests;
using Kip.Images.References;
using Kip.Images.Storage;

namespace Kip.Images.Archives;

/// <summary>Makes manifests for the images of a <c>docker save</c> archive, which has none of its own.</summary>
internal sealed class DockerArchiveReader(LocalImages images, ArchiveFiles files)
{
    public async Task<IReadOnlyList<FoundImage>> ReadAsync(CancellationToken cancel)
    {
        var found = new List<FoundImage>();
        foreach (var entry in Entries())
        {
            var config = files.Blob(entry.Config);
            var content = new ManifestContent
            {
                SchemaVersion = 2, MediaType = MediaTypes.OciManifest,
                Config = new Descriptor { MediaType = MediaTypes.OciConfig, Digest = config.Digest.ToString(), Size = config.Size },
                Layers = [.. entry.Layers.Select(files.Blob).Select(
                    static l => new Descriptor { MediaType = MediaTypes.OciLayer, Digest = l.Digest.ToString(), Size = l.Size })],
            };
            var manifest = ManifestDocument.Read(JsonSerializer.SerializeToUtf8Bytes(content, ManifestJson.Default.ManifestContent), MediaTypes.OciManifest);
            // Read once to see that it is an image's, before any name stands for it.
            if ((await images.ConfigAsync(manifest, cancel))!.DiffIds.Count != manifest.Layers.Count)
                throw new ArchiveException("an image's config and its manifest do not name the same layers");
            await images.Content.PutAsync(manifest.Bytes, cancel);
            found.Add(new FoundImage(
                manifest,
                [.. (entry.RepoTags ?? []).Select(static t => ImageReference.TryParse(t, out var name) ? name : null).OfType<ImageReference>()]));
        }
        return found;
    }

    private DockerEntry[] Entries()
    {
        try
        {
            return JsonSerializer.Deserialize(files.Pointer("manifest.json"), DockerArchiveJson.Default.DockerEntryArray) ?? [];
        }
        catch (JsonException malformed)
        {
            throw new ArchiveException($"its manifest.json is malformed: {malformed.Message}", malformed);
        }
    }
}

/// <summary>One image in the <c>manifest.json</c> of such an archive.</summary>
internal sealed record DockerEntry
{
    [JsonPropertyName("Config")] public string Config { get; init; } = "";
    [JsonPropertyName("RepoTags")] public string[]? RepoTags { get; init; }
    [JsonPropertyName("Layers")] public string[] Layers { get; init; } = [];
}

[JsonSerializable(typeof(DockerEntry[]))]
internal sealed partial class DockerArchiveJson : JsonSerializerContext;
