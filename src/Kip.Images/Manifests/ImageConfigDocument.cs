using System.Text.Json;
using Kip.Images.References;

namespace Kip.Images.Manifests;

/// <summary>An image's config blob, read: how it is run and which layers it has.</summary>
public sealed record ImageConfigDocument
{
    /// <summary>Real ones have a few kilobytes; a history of thousands of build steps some hundred.</summary>
    public const int MaxBytes = 4 << 20;

    public required ImageConfig Run { get; init; }

    /// <summary>The digest of each layer's content unpacked from its compression, lowest first.</summary>
    public required IReadOnlyList<Digest> DiffIds { get; init; }

    public required Platform Platform { get; init; }

    public DateTimeOffset? Created { get; init; }

    /// <exception cref="ManifestException">Too large, not JSON, or without the list of its layers.</exception>
    public static ImageConfigDocument Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes) throw new ManifestException($"an image's config may have {MaxBytes} bytes at most, this one has {bytes.Length}");
        try
        {
            var content = JsonSerializer.Deserialize(bytes, ManifestJson.Default.ConfigContent) ?? throw new ManifestException(
                "an image's config is a JSON object, not null");
            return new ImageConfigDocument
            {
                Run = RunOf(content.Config ?? new()),
                DiffIds = [.. (content.Rootfs?.DiffIds ?? []).Select(Parse)],
                Platform = new(content.Os ?? "", content.Architecture ?? "", content.Variant ?? ""),
                Created = content.Created,
            };
        }
        catch (JsonException malformed)
        {
            throw new ManifestException($"the image's config is not valid JSON: {malformed.Message}", malformed);
        }
    }

    private static Digest Parse(string text) =>
        Digest.TryParse(text, out var digest)
            ? digest
            : throw new ManifestException($"the image's config names the layer \"{text}\", which is no SHA-256 digest");

    private static ImageConfig RunOf(RunContent run) => new()
    {
        Entrypoint = run.Entrypoint ?? [],
        Cmd = run.Cmd ?? [],
        Env = run.Env ?? [],
        User = run.User ?? "",
        WorkingDir = run.WorkingDir ?? "",
        ExposedPorts = [.. (run.ExposedPorts ?? []).Keys],
        StopSignal = run.StopSignal ?? "",
        Volumes = [.. (run.Volumes ?? []).Keys],
    };
}
