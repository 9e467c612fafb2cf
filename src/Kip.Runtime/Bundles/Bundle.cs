namespace Kip.Runtime.Bundles;

/// <summary>A built bundle on disk. Never changed once it is there.</summary>
/// <param name="Image">Its reference.</param>
/// <param name="Folder">Where it lies.</param>
/// <param name="Manifest">How it is started.</param>
public sealed record Bundle(BundleImage Image, string Folder, BundleManifest Manifest)
{
    /// <summary>The program's files: where it is started.</summary>
    public string Content => Path.Combine(Folder, ContentFolder);

    internal const string ContentFolder = "app";
}
