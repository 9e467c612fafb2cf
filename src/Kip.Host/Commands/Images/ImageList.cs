using System.Text.Json.Serialization;
using Kip.Host.Platform;
using Kip.Images.Manifests;
using Kip.Images.References;
using Kip.Images.Storage;

namespace Kip.Host.Commands.Images;

/// <summary>Reads what <c>kip image ls</c> shows.</summary>
internal static class ImageList
{
    public static async Task<ImageRow[]> ReadAsync(DataFolder data, CancellationToken cancel)
    {
        var images = LocalImages.Open(new ImageFolders(data.Root));
        var rows = new List<ImageRow>();
        foreach (var repository in images.Repositories.All())
        {
            foreach (var tag in images.Repositories.Tags(repository))
                rows.Add(new ImageRow(
                    repository, tag.Name, $"{tag.Digest}", await SizeAsync(images, tag.Digest, cancel), tag.Origin.ToString().ToLowerInvariant(),
                    tag.Set));
        }
        return [.. rows];
    }

    // As downloaded: compressed layers, config and manifest of the image for this machine.
    private static async Task<long> SizeAsync(LocalImages images, Digest digest, CancellationToken cancel)
    {
        try
        {
            return await images.ForThisMachineAsync(digest, cancel) is { } manifest ? manifest.Blobs.Sum(static b => b.Size) + manifest.Bytes.Length : 0;
        }
        catch (ManifestException)
        {
            return 0;
        }
    }
}

/// <summary>One image of <c>kip image ls -o json</c>.</summary>
internal sealed record ImageRow(string Repository, string Tag, string Digest, long Bytes, string Origin, DateTimeOffset Set);

/// <summary>One image of <c>kip image load -o json</c>.</summary>
internal sealed record ImageName(string Name, string Digest);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ImageRow[]))]
[JsonSerializable(typeof(ImageName[]))]
[JsonSerializable(typeof(PruneReport))]
internal sealed partial class ImageCommandJson : JsonSerializerContext;
