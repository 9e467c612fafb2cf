using Kip.Images.References;

namespace Kip.Images.Storage;

/// <summary>Content by its digest: manifests, configs, layers as they were compressed.</summary>
/// <remarks>
/// What is in the store has been checked against its digest. Who takes content up again makes it young, so that a collection that runs beside leaves
/// it.
/// </remarks>
public sealed class ContentStore(ImageFolders folders)
{
    public string PathOf(Digest digest) => Path.Combine(folders.Blobs, digest.Hex);

    public bool Has(Digest digest) => File.Exists(PathOf(digest));

    /// <summary>Bytes; null when it is not here.</summary>
    public long? SizeOf(Digest digest) => new FileInfo(PathOf(digest)) is { Exists: true } file ? file.Length : null;

    /// <summary>Whether it is here; if so it counts as just written.</summary>
    public bool Touch(Digest digest)
    {
        try
        {
            File.SetLastWriteTimeUtc(PathOf(digest), DateTime.UtcNow);
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
    }

    /// <exception cref="FileNotFoundException">It is not here.</exception>
    public FileStream OpenRead(Digest digest) =>
        new(PathOf(digest), new FileStreamOptions
        {
            Mode = FileMode.Open, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0,
            Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
        });

    /// <summary>All of a small piece of content; null when it is not here.</summary>
    /// <exception cref="InvalidDataException">It is larger than the caller is willing to read.</exception>
    public async Task<byte[]?> ReadAsync(Digest digest, int maxBytes, CancellationToken cancel)
    {
        try
        {
            await using var file = OpenRead(digest);
            if (file.Length > maxBytes) throw new InvalidDataException($"{digest} has {file.Length} bytes, more than the {maxBytes} allowed");
            var content = new byte[file.Length];
            await file.ReadExactlyAsync(content, cancel);
            return content;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Begins to take in content; nothing is in the store before <see cref="BlobWriter.CommitAsync"/>.</summary>
    public BlobWriter Write() => new(this, folders.Ingest);

    /// <summary>Keeps a small piece of content.</summary>
    public async Task<Digest> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        var digest = Digest.Of(content.Span);
        if (Touch(digest)) return digest;
        await using var writer = Write();
        await writer.AppendAsync(content, cancel);
        return await writer.CommitAsync(digest, content.Length, durable: true, cancel);
    }

    /// <summary>Moves checked content to its place.</summary>
    internal void Adopt(string finished, Digest digest)
    {
        Directory.CreateDirectory(folders.Blobs);
        File.Move(finished, PathOf(digest), overwrite: true);
    }
}
