using Kip.Images.References;

namespace Kip.Images.Archives;

/// <summary>What was in an archive, by name: the few small files that lead to the others, and the content that went into the store.</summary>
internal sealed class ArchiveFiles
{
    private readonly Dictionary<string, byte[]> _pointers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Digest Digest, long Size)> _blobs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _links = new(StringComparer.Ordinal);

    public int Count => _pointers.Count + _blobs.Count + _links.Count;

    public bool Has(string name) => _pointers.ContainsKey(name);

    public byte[] Pointer(string name) => _pointers.GetValueOrDefault(name) ?? throw new ArchiveException($"the archive has no {name}");

    /// <summary>The content under a name, or under the name that it links to.</summary>
    /// <exception cref="ArchiveException">There is none.</exception>
    public (Digest Digest, long Size) Blob(string name)
    {
        if (_links.GetValueOrDefault(name) is { } target) name = Resolve(name, target);
        return _blobs.TryGetValue(name, out var blob) ? blob : throw new ArchiveException($"the archive has no {name}, which its manifest names");
    }

    public void AddPointer(string name, byte[] content) => _pointers[name] = content;

    public void AddBlob(string name, Digest digest, long size) => _blobs[name] = (digest, size);

    public void AddLink(string name, string target) => _links[name] = target;

    // "../OTHER/layer.tar", seen from "THIS/layer.tar".
    private static string Resolve(string name, string target)
    {
        var parts = new Stack<string>(name.Split('/')[..^1]);
        if (!target.StartsWith("../", StringComparison.Ordinal)) parts.Clear();
        foreach (var part in target.Split('/'))
        {
            if (part == "..") parts.TryPop(out _);
            else if (part is not ("" or ".")) parts.Push(part);
        }
        return string.Join('/', parts.Reverse());
    }
}
