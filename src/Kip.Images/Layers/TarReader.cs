using System.Globalization;
using System.Text;

namespace Kip.Images.Layers;

/// <summary>Reads a tar archive entry by entry: ustar, pax and GNU's long names.</summary>
/// <remarks>
/// System.Formats.Tar takes pax values as text, which spoils file capabilities and names that are not UTF-8, and reads extended headers of
/// any size into memory. Sparse files are refused: images are not made with them.
/// </remarks>
internal sealed class TarReader(Stream archive)
{
    private const int BlockSize = 512;
    private const int MaxHeaderBytes = 1 << 20;
    private const int MaxNameBytes = 4096;

    private readonly byte[] _block = new byte[BlockSize];
    private readonly Dictionary<string, byte[]> _pax = new(StringComparer.Ordinal);
    private long _unread;
    private long _padding;

    /// <summary>The next entry, or null at the end. What was not read of the one before is skipped.</summary>
    /// <exception cref="LayerException">The archive is malformed or ends in the middle.</exception>
    public TarEntry? Next()
    {
        _pax.Clear();
        string? longName = null, longLink = null;
        while (true)
        {
            Skip(_unread + _padding);
            (_unread, _padding) = (0, 0);
            if (!ReadHeader()) return null;
            var size = Number(124, 12);
            if (size < 0) throw new LayerException("an entry has a negative size");
            switch ((char)_block[156])
            {
                case 'x': ReadPax(HeaderBytes(size)); break;
                // What holds for all entries to come is only a comment in archives of images.
                case 'g': HeaderBytes(size); break;
                case 'L': longName = Terminated(HeaderBytes(size)); break;
                case 'K': longLink = Terminated(HeaderBytes(size)); break;
                default: return Entry(size, longName, longLink);
            }
        }
    }

    /// <summary>Reads on in the present entry's content; 0 at its end.</summary>
    public int Read(Span<byte> buffer)
    {
        if (_unread == 0) return 0;
        var read = archive.Read(buffer[..(int)Math.Min(buffer.Length, _unread)]);
        if (read == 0) throw Truncated();
        _unread -= read;
        return read;
    }

    /// <summary>The present entry's content as a stream, to be read before the next entry.</summary>
    public Stream Content => new EntryStream(this);

    private TarEntry Entry(long size, string? longName, string? longLink)
    {
        var flag = (char)_block[156];
        if (flag == 'S' || _pax.Keys.Any(static k => k.StartsWith("GNU.sparse.", StringComparison.Ordinal)))
            throw new LayerException("the archive has sparse files, which are not supported");
        if (PaxNumber("size") is { } stated) size = stated;
        var name = PaxText("path") ?? longName ?? ShortName();
        var kind = Kind(flag, name);
        (_unread, _padding) = kind == TarEntryKind.File ? (size, Padding(size)) : (0, 0);
        // Some archivers give directories and links a size; content follows it only for files, so it is passed over.
        if (kind != TarEntryKind.File && flag is not ('1' or '2' or '3' or '4' or '5' or '6')) Skip(size + Padding(size));
        var (seconds, nanoseconds) = Modified();
        return new TarEntry
        {
            Kind = kind, Name = Checked(name), LinkName = Checked(PaxText("linkpath") ?? longLink ?? Field(157, 100)),
            Size = kind == TarEntryKind.File ? size : 0,
            Mode = (uint)Number(100, 8) & 0xFFF, UserId = (uint)(PaxNumber("uid") ?? Number(108, 8)), GroupId = (uint)(PaxNumber("gid") ?? Number(116, 8)),
            ModifiedSeconds = seconds, ModifiedNanoseconds = nanoseconds,
            Capability = _pax.GetValueOrDefault("SCHILY.xattr.security.capability"),
        };
    }

    private static TarEntryKind Kind(char flag, string name) => flag switch
    {
        // Archives of the seventies mark a directory by a slash.
        '0' or '\0' or '7' => name.EndsWith('/') ? TarEntryKind.Directory : TarEntryKind.File,
        '1' => TarEntryKind.HardLink,
        '2' => TarEntryKind.SymbolicLink,
        '3' or '4' => TarEntryKind.Device,
        '5' => TarEntryKind.Directory,
        '6' => TarEntryKind.Fifo,
        _ => throw new LayerException($"the archive has an entry of the unknown type '{(flag is > ' ' and < '\x7f' ? flag : '?')}'"),
    };

    // False at the end: a block of zeros, or nothing more, which some archivers leave it at.
    private bool ReadHeader()
    {
        var read = archive.ReadAtLeast(_block, BlockSize, throwOnEndOfStream: false);
        if (read == 0 || (read == BlockSize && !_block.AsSpan().ContainsAnyExcept((byte)0))) return false;
        if (read < BlockSize) throw Truncated();
        var sum = 0;
        for (var i = 0; i < BlockSize; i++) sum += i is >= 148 and < 156 ? ' ' : _block[i];
        return Number(148, 8) == sum ? true : throw new LayerException("the archive is damaged: the checksum of a header is wrong, or this is no tar archive");
    }

    private byte[] HeaderBytes(long size)
    {
        if (size > MaxHeaderBytes) throw new LayerException($"an extended header of {size} bytes is refused; {MaxHeaderBytes} are allowed");
        var bytes = new byte[size];
        if (archive.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < size) throw Truncated();
        Skip(Padding(size));
        return bytes;
    }

    // Each record is "LENGTH KEY=VALUE\n"; the length counts itself.
    private void ReadPax(byte[] records)
    {
        for (var at = 0; at < records.Length;)
        {
            var space = records.AsSpan(at).IndexOf((byte)' ');
            if (space <= 0 || !int.TryParse(records.AsSpan(at, space), NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length <= space
                || at + length > records.Length)
                throw new LayerException("the archive has a malformed extended header");
            var record = records.AsSpan(at + space + 1, length - space - 2);
            var equals = record.IndexOf((byte)'=');
            if (equals <= 0) throw new LayerException("the archive has a malformed extended header");
            _pax[Encoding.Latin1.GetString(record[..equals])] = record[(equals + 1)..].ToArray();
            at += length;
        }
    }

    private string? PaxText(string key) => _pax.TryGetValue(key, out var value) ? Encoding.Latin1.GetString(value) : null;

    private long? PaxNumber(string key)
    {
        if (PaxText(key) is not { } text) return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new LayerException($"the archive has a malformed {key}: it must be a number that is not negative");
    }

    private (long Seconds, int Nanoseconds) Modified()
    {
        if (PaxText("mtime") is not { } text) return (Number(136, 12), 0);
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var time) && Math.Abs(time) < 1e11m
            ? ((long)Math.Floor(time), (int)((time - Math.Floor(time)) * 1_000_000_000))
            : throw new LayerException("the archive has a malformed time");
    }

    private string ShortName()
    {
        var name = Field(0, 100);
        var isUstar = _block.AsSpan(257, 6).SequenceEqual("ustar\0"u8);
        var prefix = isUstar ? Field(345, 155) : "";
        return prefix.Length == 0 ? name : $"{prefix}/{name}";
    }

    private string Field(int at, int length) => Terminated(_block.AsSpan(at, length));

    private static string Terminated(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        return Encoding.Latin1.GetString(end < 0 ? bytes : bytes[..end]);
    }

    // Octal text, or with the highest bit set a binary number, which is how sizes over 8 GiB are written.
    private long Number(int at, int length)
    {
        var field = _block.AsSpan(at, length);
        if ((field[0] & 0x80) != 0)
        {
            if (field[..(length - 8)].ContainsAnyExcept((byte)0x80, (byte)0)) throw new LayerException("the archive has a number out of range");
            return System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(field[^8..]) & (length == 8 ? long.MaxValue : -1);
        }
        long number = 0;
        foreach (var digit in field.Trim(" \0"u8))
        {
            if (digit is < (byte)'0' or > (byte)'7') throw new LayerException("the archive has a malformed number in a header");
            number = (number << 3) + (digit - '0');
        }
        return number;
    }

    private static string Checked(string name)
    {
        if (name.Length >= MaxNameBytes) throw new LayerException($"the archive has a name of {name.Length} bytes; {MaxNameBytes - 1} are allowed");
        return name.Contains('\0') ? throw new LayerException("the archive has a name with a zero byte in it") : name;
    }

    private void Skip(long count)
    {
        for (var left = count; left > 0;)
        {
            var read = archive.Read(_skipped, 0, (int)Math.Min(_skipped.Length, left));
            if (read == 0) throw Truncated();
            left -= read;
        }
    }

    private readonly byte[] _skipped = new byte[16 << 10];

    private static long Padding(long size) => (BlockSize - (size % BlockSize)) % BlockSize;

    private static LayerException Truncated() => new("the archive ends in the middle");

    private sealed class EntryStream(TarReader reader) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override int Read(Span<byte> buffer) => reader.Read(buffer);
        public override int Read(byte[] buffer, int offset, int count) => reader.Read(buffer.AsSpan(offset, count));
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
