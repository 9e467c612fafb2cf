using System.Buffers.Binary;
using Kip.Log.Files;

namespace Kip.Log.Snapshots;

/// <summary>Writes a checksummed file from a stream of bytes.</summary>
internal sealed class ChunkWriter : Stream
{
    private readonly ILogFile _file;
    private readonly byte[] _chunk = new byte[ChunkFormat.ChunkHeaderBytes + ChunkFormat.ChunkBytes];
    private int _filled;
    private long _offset;
    private uint _crc = uint.MaxValue;

    internal ChunkWriter(ILogFile file)
    {
        _file = file;
        _file.Write(ChunkFormat.FileHeader(), 0);
        _offset = ChunkFormat.FileHeaderBytes;
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var n = Math.Min(buffer.Length, ChunkFormat.ChunkBytes - _filled);
            buffer[..n].CopyTo(_chunk.AsSpan(ChunkFormat.ChunkHeaderBytes + _filled));
            buffer = buffer[n..];
            _filled += n;
            if (_filled == ChunkFormat.ChunkBytes)
            {
                WriteChunk();
            }
        }
    }

    // Chunks are written when full; what is smaller waits for Finish.
    public override void Flush()
    {
    }

    /// <summary>Writes what is left and the end.</summary>
    internal void Finish()
    {
        if (_filled > 0)
        {
            WriteChunk();
        }

        WriteChunk();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void WriteChunk()
    {
        var bytes = _chunk.AsSpan(0, ChunkFormat.ChunkHeaderBytes + _filled);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, _filled);
        _crc = ChunkFormat.ChunkCrc(_crc, bytes[..4], bytes[ChunkFormat.ChunkHeaderBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], _crc);
        _file.Write(bytes, _offset);
        _offset += bytes.Length;
        _filled = 0;
    }
}
