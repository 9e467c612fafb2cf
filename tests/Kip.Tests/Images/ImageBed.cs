using Kip.Images;
using Kip.Images.Archives;
using Kip.Images.Layers;
using Kip.Images.Pulling;
using Kip.Images.Storage;

namespace Kip.Tests.Images;

/// <summary>All that a platform has for images, in a folder of its own, without a platform.</summary>
internal sealed class ImageBed : IDisposable
{
    private readonly RegistryClient _registries;

    public ImageBed(TimeProvider? time = null)
    {
        Folder = Directory.CreateTempSubdirectory("kip-images-").FullName;
        Folders = new ImageFolders(Folder);
        Images = LocalImages.Open(Folders);
        Layers = new LayerStore(Folders, Images.Content, new LayerLimits { MinFreeBytes = 0 });
        _registries = new RegistryClient(new RegistrySettingsFile(Path.Combine(Folder, "registries.yaml")), time ?? TimeProvider.System, static () => 0);
        Puller = new ImagePuller(Images, Layers, _registries, new Credentials(Path.Combine(Folder, "docker.json"), TimeProvider.System), TimeProvider.System);
        Source = new ImageSource(Images, Layers, Puller, Own, TimeProvider.System);
    }

    public string Folder { get; }

    public ImageFolders Folders { get; }

    public LocalImages Images { get; }

    public LayerStore Layers { get; }

    public OwnRegistry Own { get; } = new();

    public ImagePuller Puller { get; }

    public ImageSource Source { get; }

    public ImageArchive Archive => new(Images);

    public Task<UnpackedImage> EnsureAsync(string reference, string policy = "IfNotPresent") =>
        Source.EnsureAsync(reference, policy, [], null, TestContext.Current.CancellationToken);

    public void Settings(string yaml) => File.WriteAllText(Path.Combine(Folder, "registries.yaml"), yaml);

    public void DockerConfig(string json) => File.WriteAllText(Path.Combine(Folder, "docker.json"), json);

    public void Dispose()
    {
        Puller.Dispose();
        _registries.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
