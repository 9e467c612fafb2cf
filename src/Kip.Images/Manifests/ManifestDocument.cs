using System.Text.Json;
using Kip.Images.References;

namespace Kip.Images.Manifests;

/// <summary>A manifest or index as stored: its exact bytes, and what they refer to.</summary>
public sealed class ManifestDocument
{
    /// <summary>Enough for an index of hundreds of platforms; what other registries accept.</summary>
    public const int MaxBytes = 4 << 20;
    private const int MaxLayers = 512;
    private const int MaxManifests = 10_000;

    private readonly ManifestContent _content;

    private ManifestDocument(byte[] bytes, string mediaType, ManifestContent content) =>
        (Bytes, MediaType, _content, Digest) = (bytes, mediaType, content, Digest.Of(bytes));

    public ReadOnlyMemory<byte> Bytes { get; }

    public string MediaType { get; }

    public Digest Digest { get; }

    public bool IsIndex => MediaTypes.IsIndex(MediaType);

    /// <summary>The config of an image or artifact; null for an index.</summary>
    public Descriptor? Config => _content.Config;

    /// <summary>The layers of an image, lowest first; empty for an index.</summary>
    public IReadOnlyList<Descriptor> Layers => _content.Layers ?? [];

    /// <summary>The images of an index; empty for an image.</summary>
    public IReadOnlyList<Descriptor> Manifests => _content.Manifests ?? [];

    /// <summary>The manifest that this one says something about, e.g. signs; null for most.</summary>
    public Descriptor? Subject => _content.Subject;

    /// <summary>What kind of artifact it is: stated, or the config's media type.</summary>
    public string? ArtifactType => _content.ArtifactType is { Length: > 0 } stated ? stated : Config?.MediaType;

    public Dictionary<string, string>? Annotations => _content.Annotations;

    /// <summary>The blobs that must be there for the manifest to be whole.</summary>
    public IEnumerable<Descriptor> Blobs => Config is null ? Layers : [Config, .. Layers];

    /// <summary>Reads and checks a manifest or index.</summary>
    /// <param name="bytes">Exactly as they came: their digest is its name.</param>
    /// <param name="contentType">The media type that the carrier stated; null: as the content says.</param>
    /// <exception cref="ManifestException">Too large, not JSON, of an unknown type, or of two types at once.</exception>
    public static ManifestDocument Read(byte[] bytes, string? contentType)
    {
        if (bytes.Length > MaxBytes) throw new ManifestException($"a manifest may have {MaxBytes} bytes at most, this one has {bytes.Length}");
        var content = Parse(bytes);
        var mediaType = Decide(content, MediaTypes.Bare(contentType));
        if (content.SchemaVersion != 2) throw new ManifestException($"schemaVersion must be 2, not {content.SchemaVersion}");
        Check(content, MediaTypes.IsIndex(mediaType));
        return new(bytes, mediaType, content);
    }

    private static ManifestContent Parse(byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, ManifestJson.Default.ManifestContent) ?? throw new ManifestException(
                "a manifest is a JSON object, not null");
        }
        catch (JsonException malformed)
        {
            throw new ManifestException($"the manifest is not valid JSON: {malformed.Message}", malformed);
        }
    }

    // What states one type and holds another's fields has been used to pass different images to different readers (CVE-2021-41190).
    private static string Decide(ManifestContent content, string? carried)
    {
        var stated = content.MediaType is { Length: > 0 } inside ? inside : null;
        if (stated is not null && carried is not null && stated != carried)
            throw new ManifestException($"the manifest says that it is {stated}, but was sent as {carried}");
        var mediaType = stated ?? carried ?? (content.Manifests is null ? MediaTypes.OciManifest : MediaTypes.OciIndex);
        if (!MediaTypes.IsIndex(mediaType) && !MediaTypes.IsManifest(mediaType))
            throw new ManifestException($"the media type {mediaType} is none of an image manifest or index: {string.Join(", ", MediaTypes.Manifests)}");
        return mediaType;
    }

    private static void Check(ManifestContent content, bool isIndex)
    {
        if (isIndex)
        {
            if (content.Config is not null || content.Layers is not null) throw new ManifestException("an index holds manifests, not a config or layers");
            if (content.Manifests is null) throw new ManifestException("the index has no \"manifests\"");
            if (content.Manifests.Length > MaxManifests) throw new ManifestException($"an index may name {MaxManifests} manifests at most");
        }
        else
        {
            if (content.Manifests is not null) throw new ManifestException("an image manifest holds layers, not manifests");
            if (content.Config is null) throw new ManifestException("the manifest has no \"config\"");
            if (content.Layers is null) throw new ManifestException("the manifest has no \"layers\"");
            if (content.Layers.Length > MaxLayers) throw new ManifestException($"an image may have {MaxLayers} layers at most");
        }
        foreach (var descriptor in (Descriptor?[])[content.Config, content.Subject, .. content.Layers ?? [], .. content.Manifests ?? []])
            _ = descriptor?.Content;
    }
}
