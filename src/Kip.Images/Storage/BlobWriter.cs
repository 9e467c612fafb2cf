using System.Security.Cryptography;
using Kip.Images.References;

namespace Kip.Images.Storage;

/// <summary>Takes content in piece by piece and checks it at the end; what is not committed is deleted.</summary>
public sealed class BlobWriter : IAsyncDisposable
{
    private const int BufferSize = 128 << 10;
    private readonly ContentStore _store;
    private readonly FileStream _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _committed;

    internal BlobWriter(ContentStore store, string folder)
    {
        _store = store;
        Directory.CreateDirectory(folder);
        _file = new FileStream(Path.Combine(folder, Path.GetRandomFileName()), new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0,
            Options = FileOptions.Asynchronous,
        });
    }

    /// <summary>Bytes taken in.</summary>
    public long Length { get; private set; }

    public async Task AppendAsync(ReadOnlyMemory<byte> piece, CancellationToken cancel)
    {
        await _file.WriteAsync(piece, cancel);
        _hash.AppendData(piece.Span);
        Length += piece.Length;
    }

    /// <summary>Takes in all of a stream.</summary>
    /// <param name="maxBytes">More than this in all is refused.</param>
    /// <exception cref="BlobTooLargeException">There is more.</exception>
    public async Task AppendAsync(Stream content, long maxBytes, CancellationToken cancel)
    {
        var buffer = new byte[BufferSize];
        for (int read; (read = await content.ReadAsync(buffer, cancel)) > 0;)
        {
            if (Length + read > maxBytes) throw new BlobTooLargeException(maxBytes);
            await AppendAsync(buffer.AsMemory(0, read), cancel);
        }
    }

    /// <summary>Checks what came in and moves it into the store.</summary>
    /// <param name="expected">Null: whatever it is.</param>
    /// <param name="expectedSize">Null: any.</param>
    /// <param name="durable">Whether it must survive a power cut from now on; what can be fetched again need not.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="DigestMismatchException">It is something else; it is not kept.</exception>
    public async Task<Digest> CommitAsync(Digest? expected, long? expectedSize, bool durable, CancellationToken cancel)
    {
        var digest = Digest.FromHash(_hash.GetCurrentHash());
        if (expectedSize is { } size && size != Length) throw new DigestMismatchException($"{Length} bytes came, {size} were announced");
        if (expected is { } wanted && wanted != digest) throw new DigestMismatchException($"the content's digest is {digest}, not {wanted}");
        // Blocks for as long as the disk takes, which no thread that serves sockets may.
        if (durable) await Task.Run(() => _file.Flush(flushToDisk: true), cancel);
        _store.Adopt(_file.Name, digest);
        _committed = true;
        return digest;
    }

    public async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        _hash.Dispose();
        if (!_committed) File.Delete(_file.Name);
    }
}

/// <summary>Content is not what was announced.</summary>
public sealed class DigestMismatchException(string message) : Exception(message);

/// <summary>Content is larger than allowed.</summary>
public sealed class BlobTooLargeException(long maxBytes) : Exception($"more than the {maxBytes} bytes that are allowed")
{
    public long MaxBytes { get; } = maxBytes;
}
