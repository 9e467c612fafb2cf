using System.Buffers.Binary;
using Kip.Log.Files;

namespace Kip.Log.Snapshots;

/// <summary>Reads a checksummed file; gives no byte whose checksum it has not checked, and no end that is not the file's.</summary>
internal sealed class ChunkReader : Stream
{
    private readonly ILogFile _file;
    private readonly string _name;
    private readonly byte[] _chunk = new byte[ChunkFormat.ChunkBytes];
    private int _filled;
    private int _given;
    private long _offset = ChunkFormat.FileHeaderBytes;
    private uint _crc = uint.MaxValue;
    private bool _ended;

    /// <exception cref="LogVersionException">A newer Kip wrote it.</exception>
    /// <exception cref="FileDamagedException">The header is damaged.</exception>
    internal ChunkReader(ILogFile file, string name)
    {
        (_file, _name) = (file, name);
        Span<byte> header = stackalloc byte[ChunkFormat.FileHeaderBytes];
        var version = ChunkFormat.Version(header[.._file.Read(header, 0)]) ?? throw new FileDamagedException(name, "its header is wrong");
        if (version > ChunkFormat.KnownVersion)
        {
            throw new LogVersionException(name, version, ChunkFormat.KnownVersion);
        }
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_given == _filled && !_ended && buffer.Length > 0)
        {
            ReadChunk();
        }

        var n = Math.Min(buffer.Length, _filled - _given);
        _chunk.AsSpan(_given, n).CopyTo(buffer);
        _given += n;
        return n;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }

    private void ReadChunk()
    {
        Span<byte> header = stackalloc byte[ChunkFormat.ChunkHeaderBytes];
        if (_file.Read(header, _offset) < header.Length)
        {
            throw new FileDamagedException(_name, "its end is missing");
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length is < 0 or > ChunkFormat.ChunkBytes
            || _file.Read(_chunk.AsSpan(0, length), _offset + header.Length) < length)
        {
            throw new FileDamagedException(_name, $"the piece at {_offset} is cut off");
        }

        _crc = ChunkFormat.ChunkCrc(_crc, header[..4], _chunk.AsSpan(0, length));
        if (_crc != BinaryPrimitives.ReadUInt32LittleEndian(header[4..]))
        {
            throw new FileDamagedException(_name, $"the checksum of the piece at {_offset} is wrong");
        }

        (_filled, _given, _ended) = (length, 0, length == 0);
        _offset += header.Length + length;
        if (_ended && _file.Length != _offset)
        {
            throw new FileDamagedException(_name, $"it goes on after its end at {_offset}");
        }
    }
}
