using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Kip.Traffic.Forwarding.Http1;

/// <summary>Takes a chunked body apart (RFC 9112 section 7.1), however its bytes arrive.</summary>
internal struct ChunkedBody
{
    private const int MaxLine = 8 * 1024;

    private Part _part;
    private long _left;

    private enum Part
    {
        Size,
        Data,
        DataEnd,
        Trailers,
        Done,
    }

    /// <summary>Bytes of the body passed on so far, without its framing.</summary>
    public long Written { get; private set; }

    public readonly bool IsDone => _part == Part.Done;

    /// <summary>Moves what there is to the client. Returns how many bytes of the input were used.</summary>
    /// <param name="input">What has been read.</param>
    /// <param name="output">Gets the body without its framing.</param>
    /// <param name="response">Gets the trailers; null when nobody can take them.</param>
    /// <exception cref="MalformedResponseException">It is not chunked.</exception>
    public int Take(ReadOnlySpan<byte> input, IBufferWriter<byte> output, HttpResponse? response)
    {
        var used = 0;
        while (_part != Part.Done)
        {
            var rest = input[used..];
            if (_part == Part.Data)
            {
                var count = (int)Math.Min(_left, rest.Length);
                if (count == 0) return used;
                output.Write(rest[..count]);
                used += count;
                Written += count;
                _left -= count;
                if (_left == 0) _part = Part.DataEnd;
                continue;
            }
            var end = rest.IndexOf((byte)'\n');
            if (end < 0 && rest.Length < MaxLine) return used;
            if (end <= 0 || rest[end - 1] != '\r') throw new MalformedResponseException("a chunk of the response is not in the right form");
            TakeLine(rest[..(end - 1)], response);
            used += end + 1;
        }
        return used;
    }

    private void TakeLine(ReadOnlySpan<byte> line, HttpResponse? response)
    {
        switch (_part)
        {
            case Part.Size:
                _left = Size(line);
                _part = _left == 0 ? Part.Trailers : Part.Data;
                break;
            case Part.DataEnd:
                if (line.Length > 0) throw new MalformedResponseException("a chunk of the response is longer than it says");
                _part = Part.Size;
                break;
            default:
                if (line.Length == 0) _part = Part.Done;
                else AddTrailer(line, response);
                break;
        }
    }

    private static long Size(ReadOnlySpan<byte> line)
    {
        var extension = line.IndexOf((byte)';');
        var digits = (extension < 0 ? line : line[..extension]).TrimEnd(" \t"u8);
        if (digits.Length is 0 or > 15) throw new MalformedResponseException("a chunk of the response does not tell its size");
        var size = 0L;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiHexDigit((char)digit)) throw new MalformedResponseException("a chunk of the response does not tell its size");
            size = (size << 4) + (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }
        return size;
    }

    private static void AddTrailer(ReadOnlySpan<byte> line, HttpResponse? response)
    {
        // HTTP/1.1 clients mostly cannot take trailers; those of HTTP/2 can.
        if (response?.SupportsTrailers() != true) return;
        var colon = line.IndexOf((byte)':');
        if (colon <= 0) throw new MalformedResponseException("a trailer of the response is not in the right form");
        response.AppendTrailer(Encoding.Latin1.GetString(line[..colon]), Encoding.Latin1.GetString(line[(colon + 1)..].Trim(" \t"u8)));
    }
}
