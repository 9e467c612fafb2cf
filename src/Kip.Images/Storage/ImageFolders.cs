using System.Text;

namespace Kip.Images.Storage;

/// <summary>Where images are kept: <c>images/</c> in the data folder.</summary>
/// <remarks>
/// <code>
/// blobs/sha256/HEX           content, exactly as it came
/// ingest/                    content that is still coming in
/// repositories/HOST/PATH/    what names stand for: _tags, _manifests, _blobs, _referrers (no part of a path begins with _)
/// layers/HEX/                a layer unpacked, by the digest of its uncompressed content
/// layer-marks/HEX            how big it is and since which boot of the machine it lies there
/// </code>
/// Everything appears whole, by a rename, so several processes may work on one folder.
/// </remarks>
/// <param name="dataDirectory">The platform's data folder.</param>
public sealed class ImageFolders(string dataDirectory)
{
    public string Root { get; } = Path.Combine(Path.GetFullPath(dataDirectory), "images");

    public string Blobs => Path.Combine(Root, "blobs", "sha256");

    public string Ingest => Path.Combine(Root, "ingest");

    public string Repositories => Path.Combine(Root, "repositories");

    public string Layers => Path.Combine(Root, "layers");

    public string LayerMarks => Path.Combine(Root, "layer-marks");

    /// <summary>Writes a small file so that a reader sees all of it or none.</summary>
    internal void WriteWhole(string path, string text) => WriteWhole(path, Encoding.UTF8.GetBytes(text));

    internal void WriteWhole(string path, byte[] content)
    {
        Directory.CreateDirectory(Ingest);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var fresh = Path.Combine(Ingest, Path.GetRandomFileName());
        File.WriteAllBytes(fresh, content);
        File.Move(fresh, path, overwrite: true);
    }
}
