using System.Buffers;
using Kip.Log.Files;

namespace Kip.Log.Segments;

/// <summary>A piece of a file in memory, moved along as it is read; what the disk cannot read appears as zeros.</summary>
internal sealed class ReadWindow(ILogFile file, long end) : IDisposable
{
    private const int Ahead = 64 << 10;
    private const int Sector = 4096;

    private byte[] _buffer = [];
    private long _start;
    private int _filled;

    /// <summary>Where reading stops; may grow as the file does.</summary>
    internal long End { get; set; } = end;

    /// <summary>The bytes at an offset, fewer than asked for at the end. Valid until the next call.</summary>
    internal ReadOnlyMemory<byte> Peek(long offset, int count)
    {
        count = (int)Math.Min(count, Math.Max(0, End - offset));
        if (offset < _start || offset + count > _start + _filled)
        {
            Fill(offset, count);
        }

        return _buffer.AsMemory((int)(offset - _start), count);
    }

    /// <summary>Gives the memory back while there is nothing to read.</summary>
    internal void Release()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }

        _filled = 0;
    }

    public void Dispose()
    {
        Release();
        file.Dispose();
    }

    private void Fill(long offset, int count)
    {
        var wanted = (int)Math.Min(Math.Max(count, Ahead), End - offset);
        if (_buffer.Length < wanted)
        {
            Release();
            _buffer = ArrayPool<byte>.Shared.Rent(wanted);
        }

        _start = offset;
        _filled = wanted;
        var into = _buffer.AsSpan(0, wanted);
        into[Read(into, offset)..].Clear();
    }

    private int Read(Span<byte> into, long offset)
    {
        try
        {
            return file.Read(into, offset);
        }
        catch (IOException)
        {
            // A sector the disk cannot give: read around it, so that only the records in it are lost.
            into.Clear();
            for (var at = 0; at < into.Length;)
            {
                var piece = Math.Min(into.Length - at, Sector - (int)((offset + at) % Sector));
                ReadSector(into.Slice(at, piece), offset + at);
                at += piece;
            }

            return into.Length;
        }
    }

    private void ReadSector(Span<byte> into, long offset)
    {
        try
        {
            file.Read(into, offset);
        }
        catch (IOException)
        {
            into.Clear();
        }
    }
}
