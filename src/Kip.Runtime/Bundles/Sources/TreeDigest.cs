using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Kip.Runtime.Bundles.Sources;

/// <summary>A digest over names, executable bits and content: the same for the same files wherever and whenever they lie.</summary>
internal sealed class TreeDigest : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Add(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        // The length in front keeps two texts from being read as one.
        _hash.AppendData(Encoding.UTF8.GetBytes(bytes.Length.ToString(CultureInfo.InvariantCulture) + ":"));
        _hash.AppendData(bytes);
    }

    public void AddFile(string path, string name)
    {
        Add(name);
        var file = new FileInfo(path);
        if (file.LinkTarget is { } target)
        {
            Add("link");
            Add(target);
            return;
        }
        Add(Processes.LibC.Access(path, Processes.LibC.MayExecute) == 0 ? "program" : "file");
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.SequentialScan);
        Add(Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    /// <summary>Every file below a folder.</summary>
    public void AddFolder(string folder)
    {
        var names = Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Select(path => Path.GetRelativePath(folder, path)).Order(StringComparer.Ordinal);
        foreach (var name in names) AddFile(Path.Combine(folder, name), name);
    }

    public void Add(SourceTree tree)
    {
        foreach (var file in tree.Files) AddFile(tree.PathOf(file), file);
    }

    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();
}
