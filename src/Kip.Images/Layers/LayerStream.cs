using System.IO.Compression;
using System.Security.Cryptography;
using Kip.Images.References;

namespace Kip.Images.Layers;

/// <summary>A layer's archive, uncompressed on the way, hashed and held to its limits.</summary>
internal sealed class LayerStream : Stream
{
    private const int LookAtFreeSpaceEvery = 64 << 20;

    private readonly Stream _source;
    private readonly Stream _plain;
    private readonly long _compressedBytes;
    private readonly LayerLimits _limits;
    private readonly DriveInfo _disk;
    private readonly CancellationToken _cancel;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _lookAgainAt;

    /// <param name="source">The layer as it was compressed: by gzip, zstd or not at all, which its first bytes tell.</param>
    /// <param name="limits">What it may become.</param>
    /// <param name="folder">Where it is unpacked to: that disk must not be filled.</param>
    /// <param name="cancel">Ends the reading.</param>
    public LayerStream(FileStream source, LayerLimits limits, string folder, CancellationToken cancel)
    {
        (_source, _compressedBytes, _limits, _cancel) = (source, source.Length, limits, cancel);
        _disk = new DriveInfo(folder);
        _plain = Decompress(source);
    }

    /// <summary>Uncompressed bytes read.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Reads to the end, which the archive's reader need not have reached, and tells the digest of all.</summary>
    public Digest Finish()
    {
        var buffer = new byte[64 << 10];
        while (Read(buffer) > 0)
        {
        }
        return Digest.FromHash(_hash.GetCurrentHash());
    }

    public override int Read(Span<byte> buffer)
    {
        _cancel.ThrowIfCancellationRequested();
        int read;
        try
        {
            read = _plain.Read(buffer);
        }
        catch (Exception damaged) when (damaged is InvalidDataException or ZstdSharp.ZstdException or EndOfStreamException)
        {
            throw new LayerException($"the layer cannot be decompressed: {damaged.Message}", damaged);
        }
        _hash.AppendData(buffer[..read]);
        BytesRead += read;
        Check();
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _plain.Dispose();
            _source.Dispose();
            _hash.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Check()
    {
        if (BytesRead > _limits.MaxBytes) throw new LayerException($"the layer unpacks to more than the {_limits.MaxBytes} bytes that are allowed");
        if (BytesRead > _limits.RatioFrom && BytesRead / Math.Max(1, _compressedBytes) > _limits.MaxRatio)
            throw new LayerException($"the layer unpacks to more than {_limits.MaxRatio} times its size, which only a decompression bomb does");
        if (BytesRead < _lookAgainAt) return;
        _lookAgainAt = BytesRead + LookAtFreeSpaceEvery;
        if (_disk.AvailableFreeSpace < _limits.MinFreeBytes + LookAtFreeSpaceEvery)
            throw new LayerException($"the disk is nearly full: {_disk.AvailableFreeSpace >> 20} MB are free and {_limits.MinFreeBytes >> 20} MB "
                + "must stay so; make room with: kip image prune");
    }

    private static Stream Decompress(FileStream source)
    {
        Span<byte> magic = stackalloc byte[4];
        var read = source.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        source.Position = 0;
        if (read >= 2 && magic is [0x1f, 0x8b, ..]) return new GZipStream(source, CompressionMode.Decompress);
        if (read == 4 && magic is [0x28, 0xb5, 0x2f, 0xfd]) return new ZstdSharp.DecompressionStream(source);
        return new BufferedStream(source, 64 << 10);
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
