using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Kip.ApiServer.Http.Spdy;

/// <summary>Reads and writes the header blocks of one SPDY connection: name and value pairs, compressed in one stream for each direction.</summary>
/// <remarks>
/// .NET's inflater takes no preset dictionary. It is given the dictionary as a first, uncompressed block whose output is thrown away: afterwards its
/// memory holds what the sender's compressor began with. What is written is not compressed: blocks as they are, which every reader understands.
/// </remarks>
internal sealed class SpdyHeaders : IDisposable
{
    private const int MostBytes = 64 * 1024;
    private const int MostHeaders = 256;

    private readonly Feed _feed = new();
    private readonly DeflateStream _inflater;
    private bool _hasRead;
    private bool _hasWritten;

    public SpdyHeaders()
    {
        _inflater = new DeflateStream(_feed, CompressionMode.Decompress);
        var dictionary = SpdyDictionary.Make();
        _feed.Add(StoredBlock(dictionary));
        _inflater.ReadExactly(new byte[dictionary.Length]);
    }

    /// <summary>Reads a block. Every block that comes must be read, in order, since each needs those before it.</summary>
    /// <exception cref="InvalidDataException">It is malformed or too large.</exception>
    public IReadOnlyDictionary<string, string> Read(ReadOnlySpan<byte> block)
    {
        if (!_hasRead) block = WithoutZlibHeader(block);
        _hasRead = true;
        _feed.Add(block.ToArray());
        var bytes = new byte[MostBytes];
        var length = 0;
        while (_inflater.Read(bytes, length, bytes.Length - length) is var count and > 0)
        {
            length += count;
            if (length == bytes.Length) throw new InvalidDataException("the headers of a stream are too large");
        }
        return Parse(bytes.AsSpan(0, length));
    }

    /// <summary>Writes a block.</summary>
    public byte[] Write(params ReadOnlySpan<(string Name, string Value)> headers)
    {
        var plain = new MemoryStream();
        WriteNumber(plain, headers.Length);
        foreach (var (name, value) in headers)
        {
            WriteText(plain, name);
            WriteText(plain, value);
        }
        // The empty block behind it is zlib's sync flush: readers hand out what they have when they meet it.
        byte[] block = [.. StoredBlock(plain.ToArray()), .. StoredBlock([])];
        if (_hasWritten) return block;
        _hasWritten = true;
        // Zlib's own two bytes: deflate, a window of 32 KiB, no dictionary.
        return [0x78, 0x01, .. block];
    }

    public void Dispose() => _inflater.Dispose();

    private static ReadOnlySpan<byte> WithoutZlibHeader(ReadOnlySpan<byte> block)
    {
        if (block.Length < 2 || (block[0] & 0x0f) != 8) throw new InvalidDataException("the headers of a stream are not zlib");
        if ((block[1] & 0x20) == 0) return block[2..];
        if (block.Length < 6 || BinaryPrimitives.ReadUInt32BigEndian(block[2..]) != SpdyDictionary.Id)
            throw new InvalidDataException("the headers of a stream were compressed with another dictionary than SPDY/3.1's");
        return block[6..];
    }

    private static Dictionary<string, string> Parse(ReadOnlySpan<byte> plain)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var count = TakeNumber(ref plain);
        if (count is < 0 or > MostHeaders) throw new InvalidDataException("a stream has too many headers");
        for (var i = 0; i < count; i++)
        {
            var name = TakeText(ref plain);
            headers[name] = TakeText(ref plain);
        }
        return headers;
    }

    private static string TakeText(ref ReadOnlySpan<byte> plain)
    {
        var length = TakeNumber(ref plain);
        if (length < 0 || length > plain.Length) throw new InvalidDataException("the headers of a stream end too early");
        var text = Encoding.UTF8.GetString(plain[..length]);
        plain = plain[length..];
        return text;
    }

    private static int TakeNumber(ref ReadOnlySpan<byte> plain)
    {
        if (plain.Length < 4) throw new InvalidDataException("the headers of a stream end too early");
        var number = BinaryPrimitives.ReadInt32BigEndian(plain);
        plain = plain[4..];
        return number;
    }

    private static void WriteText(MemoryStream plain, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        WriteNumber(plain, bytes.Length);
        plain.Write(bytes);
    }

    private static void WriteNumber(MemoryStream plain, int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        plain.Write(bytes);
    }

    // Deflate's uncompressed block (RFC 1951, 3.2.4): its length, the complement of it, and the bytes.
    private static byte[] StoredBlock(byte[] content) =>
        [0, (byte)content.Length, (byte)(content.Length >> 8), (byte)~content.Length, (byte)(~content.Length >> 8), .. content];

    /// <summary>What has come so far; its end is only for now.</summary>
    private sealed class Feed : Stream
    {
        private ReadOnlyMemory<byte> _rest;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void Add(byte[] bytes) => _rest = _rest.IsEmpty ? bytes : (byte[])[.. _rest.Span, .. bytes];

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var count = Math.Min(buffer.Length, _rest.Length);
            _rest.Span[..count].CopyTo(buffer);
            _rest = _rest[count..];
            return count;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
