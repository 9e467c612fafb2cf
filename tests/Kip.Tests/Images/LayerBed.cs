using Kip.Images.Layers;
using Kip.Images.References;
using Kip.Images.Storage;
using Kip.Testing.Images;

namespace Kip.Tests.Images;

/// <summary>A store in a folder of its own, to unpack layers into; a file beside it must never change.</summary>
internal sealed class LayerBed : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kip-layers-").FullName;

    public LayerBed(LayerLimits? limits = null)
    {
        Folders = new ImageFolders(_folder);
        Content = new ContentStore(Folders);
        Layers = new LayerStore(Folders, Content, limits ?? new LayerLimits { MinFreeBytes = 0 });
        File.WriteAllText(Outside, "untouched");
    }

    public ImageFolders Folders { get; }

    public ContentStore Content { get; }

    public LayerStore Layers { get; }

    /// <summary>A file that hostile layers reach for.</summary>
    public string Outside => Path.Combine(_folder, "outside");

    public async Task<string> UnpackAsync(byte[] tar, LayerCompression compression = LayerCompression.Gzip)
    {
        var blob = await Content.PutAsync(ImageLayer.Compress(tar, compression), TestContext.Current.CancellationToken);
        return await Layers.EnsureAsync(blob, Digest.Of(tar), TestContext.Current.CancellationToken);
    }

    public Task<string> UnpackAsync(ImageLayer layer, LayerCompression compression = LayerCompression.Gzip) => UnpackAsync(layer.ToTar(), compression);

    public void Dispose() => FolderTree.Delete(_folder);
}
