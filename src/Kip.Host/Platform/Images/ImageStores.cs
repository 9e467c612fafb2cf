using Kip.Images.Layers;
using Kip.Images.Pulling;
using Kip.Images.Storage;

namespace Kip.Host.Platform.Images;

/// <summary>The parts that commands use too, without a platform.</summary>
internal sealed record ImageStores(
    ImageFolders Folders, LocalImages Images, LayerStore Layers, RegistrySettingsFile Settings, RegistryClient Registries, ImagePuller Puller)
{
    public static ImageStores Open(DataFolder data, TimeProvider time)
    {
        var folders = new ImageFolders(data.Root);
        var images = LocalImages.Open(folders);
        var layers = new LayerStore(folders, images.Content);
        var settings = new RegistrySettingsFile(data.Path("registries.yaml"));
        var registries = new RegistryClient(settings, time, Random.Shared.NextDouble);
        return new(
            folders, images, layers, settings, registries,
            new ImagePuller(images, layers, registries, new Credentials(Credentials.UsualFile, time), time));
    }
}
