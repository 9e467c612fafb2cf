using System.Buffers.Text;
using System.Text;
using Kip.Rules.Eventing.Delivery;

namespace Kip.Brokers.Sending;

/// <summary>Reads one HTTP/1.1 response from bytes as they come. Knows the end of the message by Content-Length, chunks, or the connection's end.</summary>
internal sealed class AnswerReader(int maxBodyBytes)
{
    // What a sane server's head never reaches.
    private const int MaxHeadBytes = 64 << 10;

    private byte[] _bytes = new byte[4096];
    private int _length;

    /// <summary>Where the next bytes go; commit them with <see cref="Received"/>.</summary>
    public Memory<byte> Free
    {
        get
        {
            if (_length == _bytes.Length) Array.Resize(ref _bytes, _bytes.Length * 2);
            return _bytes.AsMemory(_length);
        }
    }

    /// <summary>Whether any byte of the answer has come.</summary>
    public bool HasStarted => _length > 0;

    /// <summary>Whether another request may follow on the connection.</summary>
    public bool KeepsAlive { get; private set; }

    public void Received(int bytes) => _length += bytes;

    /// <summary>The answer, if it is complete; null when more bytes are needed.</summary>
    /// <param name="atEnd">Whether the server has closed the connection.</param>
    /// <exception cref="FormatException">It is no HTTP response, or it is too large.</exception>
    public EventAnswer? TryFinish(bool atEnd)
    {
        while (true)
        {
            var bytes = _bytes.AsSpan(0, _length);
            var headLength = bytes.IndexOf("\r\n\r\n"u8);
            if (headLength < 0)
                return _length > MaxHeadBytes ? throw new FormatException("the answer's head is too long") : null;
            var head = ResponseHead.Parse(bytes[..(headLength + 2)]);
            // 100 Continue and its like announce the answer and are not it.
            if (head.Status is >= 100 and < 200)
            {
                Drop(headLength + 4);
                continue;
            }
            return Finish(head, headLength + 4, atEnd);
        }
    }

    private EventAnswer? Finish(in ResponseHead head, int bodyAt, bool atEnd)
    {
        var rest = _bytes.AsSpan(bodyAt, _length - bodyAt);
        byte[]? body;
        if (head.Status is 204 or 304) (body, KeepsAlive) = ([], head.KeepsAlive && rest.IsEmpty);
        else if (head.IsChunked)
        {
            body = Chunks.TryRead(rest, maxBodyBytes, out var used);
            KeepsAlive = head.KeepsAlive && used == rest.Length;
        }
        else if (head.ContentLength is { } length)
        {
            if (length > maxBodyBytes) throw new FormatException($"the answer's body is over {maxBodyBytes} bytes");
            body = rest.Length < length ? null : length == 0 ? [] : rest[..(int)length].ToArray();
            KeepsAlive = head.KeepsAlive && rest.Length == length;
        }
        else
        {
            if (rest.Length > maxBodyBytes) throw new FormatException($"the answer's body is over {maxBodyBytes} bytes");
            (body, KeepsAlive) = (atEnd ? rest.ToArray() : null, false);
        }
        if (body is null) return null;
        var answer = new EventAnswer
        {
            Status = head.Status,
            RetryAfter = head.RetryAfter,
            Body = body,
            Headers = body.Length > 0 || head.IsEvent ? ResponseHead.Headers(_bytes.AsSpan(0, bodyAt - 2)) : [],
        };
        _length = 0;
        if (_bytes.Length > MaxHeadBytes) _bytes = new byte[4096];
        return answer;
    }

    private void Drop(int bytes)
    {
        _bytes.AsSpan(bytes, _length - bytes).CopyTo(_bytes);
        _length -= bytes;
    }
}

/// <summary>What the head of a response says that matters for a delivery.</summary>
internal readonly record struct ResponseHead(int Status, long? ContentLength, bool IsChunked, bool KeepsAlive, bool IsEvent, string? RetryAfter)
{
    /// <param name="head">Status line and header lines, the last one's end included.</param>
    public static ResponseHead Parse(ReadOnlySpan<byte> head)
    {
        var lineEnd = head.IndexOf("\r\n"u8);
        var line = head[..lineEnd];
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || !Utf8Parser.TryParse(line[9..12], out int status, out var digits) || digits != 3)
            throw new FormatException("the answer is not HTTP/1.1");
        var keeps = line[7] == (byte)'1';
        long? length = null;
        bool chunked = false, isEvent = false;
        string? retryAfter = null;
        var lines = head[(lineEnd + 2)..];
        while (TryTakeLine(ref lines, out var name, out var value))
        {
            if (Is(name, "content-length"u8))
                length = Utf8Parser.TryParse(value, out long parsed, out var used) && used == value.Length && parsed >= 0
                    ? parsed : throw new FormatException("the answer's Content-Length is not a number");
            else if (Is(name, "transfer-encoding"u8)) chunked = EndsWith(value, "chunked"u8);
            else if (Is(name, "connection"u8)) keeps = Is(value, "close"u8) ? false : keeps || Is(value, "keep-alive"u8);
            else if (Is(name, "retry-after"u8)) retryAfter = Encoding.Latin1.GetString(value);
            else if (Is(name, "ce-specversion"u8)) isEvent = true;
        }
        return new(status, length, chunked, keeps, isEvent, retryAfter);
    }

    /// <summary>All header lines of a head.</summary>
    public static List<KeyValuePair<string, string>> Headers(ReadOnlySpan<byte> head)
    {
        var headers = new List<KeyValuePair<string, string>>();
        var lines = head[(head.IndexOf("\r\n"u8) + 2)..];
        while (TryTakeLine(ref lines, out var name, out var value)) headers.Add(new(Encoding.Latin1.GetString(name), Encoding.Latin1.GetString(value)));
        return headers;
    }

    private static bool TryTakeLine(ref ReadOnlySpan<byte> lines, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        var end = lines.IndexOf("\r\n"u8);
        if (end <= 0) return false;
        var line = lines[..end];
        lines = lines[(end + 2)..];
        var colon = line.IndexOf((byte)':');
        if (colon <= 0) throw new FormatException("a header of the answer has no colon");
        name = line[..colon];
        value = line[(colon + 1)..].Trim(" \t"u8);
        return true;
    }

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower) => Ascii.EqualsIgnoreCase(text, lower);

    private static bool EndsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower) =>
        text.Length >= lower.Length && Ascii.EqualsIgnoreCase(text[^lower.Length..], lower);
}

/// <summary>Puts a chunked body together.</summary>
internal static class Chunks
{
    /// <summary>The body, if all of it is there; null when more bytes are needed.</summary>
    public static byte[]? TryRead(ReadOnlySpan<byte> bytes, int maxBodyBytes, out int used)
    {
        using var body = new MemoryStream();
        var rest = bytes;
        used = 0;
        while (true)
        {
            var lineEnd = rest.IndexOf("\r\n"u8);
            if (lineEnd < 0) return null;
            if (!Utf8Parser.TryParse(rest[..lineEnd], out int size, out var digits, 'X') || digits == 0 || size < 0)
                throw new FormatException("the answer's chunk has no size");
            if (body.Length + size > maxBodyBytes) throw new FormatException($"the answer's body is over {maxBodyBytes} bytes");
            rest = rest[(lineEnd + 2)..];
            if (size == 0) break;
            if (rest.Length < size + 2) return null;
            body.Write(rest[..size]);
            rest = rest[(size + 2)..];
        }
        // Trailers, up to an empty line.
        while (true)
        {
            var lineEnd = rest.IndexOf("\r\n"u8);
            if (lineEnd < 0) return null;
            rest = rest[(lineEnd + 2)..];
            if (lineEnd == 0) break;
        }
        used = bytes.Length - rest.Length;
        return body.ToArray();
    }
}
