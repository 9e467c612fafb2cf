using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Kip.Traffic.Http;
using Microsoft.AspNetCore.Http;

namespace Kip.Traffic.Direct;

/// <summary>A whole HTTP/1.1 request that asks for nothing out of the ordinary, as it lies in the bytes it came in.</summary>
/// <remarks>
/// What is accepted is narrower than the grammar of RFC 9112 on purpose: only what every reader understands alike, so that the bytes can be passed on
/// as they are.
/// The rest is not refused here but left to the HTTP server, which reads all of HTTP and knows what to answer.
/// </remarks>
internal readonly ref struct PlainRequest
{
    /// <summary>The most bytes that a plain request has, its body included.</summary>
    public const int MaxLength = 16 * 1024;

    // A path with an escape has two forms, and a server that sees both may refuse it.
    private static readonly SearchValues<byte> PathBytes = SearchValues.Create(
        "-._~!$&'()*+,;=:@/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);
    private static readonly SearchValues<byte> QueryBytes = SearchValues.Create(
        "-._~!$&'()*+,;=:@/?%0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly Shape _shape;

    /// <param name="bytes">Begin with the request.</param>
    /// <param name="shape">The one that was found in them.</param>
    public PlainRequest(ReadOnlySpan<byte> bytes, scoped in Shape shape)
    {
        _bytes = bytes[..shape.Length];
        _shape = shape;
    }

    /// <summary>One of those that <see cref="HttpMethods"/> knows, as the same string.</summary>
    public string Method => _shape.Method;

    public bool HasBody => _shape.BodyLength is not null;

    /// <value>Null when the request does not say.</value>
    public int? ContentLength => _shape.BodyLength;

    public ReadOnlySpan<byte> Host => _bytes[_shape.Host];

    /// <summary>Where is what; good for another look at the same bytes.</summary>
    public Shape Places => _shape;

    /// <summary>Bytes of all of it.</summary>
    public int Length => _bytes.Length;

    /// <summary>Looks for a request at the beginning of the bytes. False when it is not complete, or not plain.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, GatewayOptions limits, out PlainRequest request)
    {
        request = default;
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0 || end + 4 > Math.Min(MaxLength, limits.MaxRequestHeadersTotalSize)) return false;
        var shape = new Shape { HeadLength = end + 4 };
        // Each line with its end, without the empty one.
        var head = bytes[..(end + 2)];
        var line = head.IndexOf((byte)'\n') + 1;
        if (line > limits.MaxRequestLineSize || !TryReadLine(head[..line], ref shape) || !TryReadHeaders(head, line, limits, ref shape)) return false;
        var length = shape.BodyLength ?? 0;
        if (!shape.HasHost || length > limits.MaxRequestBodySize || length > Math.Min(MaxLength, bytes.Length) - shape.HeadLength) return false;
        request = new(bytes, shape);
        return true;
    }

    /// <summary>Bytes of the request as a pod gets it.</summary>
    /// <param name="clientLines">What it is told of the client.</param>
    public int ForwardedLength(ReadOnlySpan<byte> clientLines) => Length + clientLines.Length;

    /// <summary>Writes the request as a pod gets it: the same bytes without what concerns this connection, and with what it is told of the client.</summary>
    /// <returns>How many bytes were written.</returns>
    public int Forward(Span<byte> output, ReadOnlySpan<byte> clientLines)
    {
        var lines = _shape.HeadLength - 2;
        var length = 0;
        Add(_bytes[..(_shape.HasConnection ? _shape.Connection.Start.Value : lines)], output, ref length);
        if (_shape.HasConnection) Add(_bytes[_shape.Connection.End.Value..lines], output, ref length);
        Add(clientLines, output, ref length);
        // The empty line and the body.
        Add(_bytes[lines..], output, ref length);
        return length;
    }

    private static void Add(ReadOnlySpan<byte> bytes, Span<byte> output, ref int length)
    {
        bytes.CopyTo(output[length..]);
        length += bytes.Length;
    }

    private static bool TryReadLine(ReadOnlySpan<byte> line, ref Shape shape)
    {
        var space = line.IndexOf((byte)' ');
        if (space <= 0 || MethodOf(line[..space]) is not { } method) return false;
        shape.Method = method;
        var rest = line[(space + 1)..];
        if (!rest.EndsWith(" HTTP/1.1\r\n"u8)) return false;
        var target = rest[..^" HTTP/1.1\r\n".Length];
        if (target.IsEmpty || target[0] != '/') return false;
        var query = target.IndexOf((byte)'?');
        if (query < 0) return !target.ContainsAnyExcept(PathBytes);
        return !target[..query].ContainsAnyExcept(PathBytes) && !target[query..].ContainsAnyExcept(QueryBytes);
    }

    private static bool TryReadHeaders(ReadOnlySpan<byte> head, int start, GatewayOptions limits, ref Shape shape)
    {
        for (var count = 1; start < head.Length; count++)
        {
            var end = start + head[start..].IndexOf((byte)'\n') + 1;
            var line = head[start..end];
            var colon = line.IndexOf((byte)':');
            if (colon <= 0 || line[^2] != '\r' || count > limits.MaxRequestHeaderCount) return false;
            if (line[..colon].ContainsAnyExcept(FieldBytes.Name) || line[(colon + 1)..^2].ContainsAny(FieldBytes.Control)) return false;
            var (from, to) = (start + colon + 1, end - 2);
            while (from < to && head[from] == ' ') from++;
            while (from < to && head[to - 1] == ' ') to--;
            if (!TryTake(PlainHeaders.MeaningOf(line[..colon]), head, start..end, from..to, ref shape)) return false;
            start = end;
        }
        return true;
    }

    private static bool TryTake(HeaderMeaning meaning, ReadOnlySpan<byte> head, Range line, Range value, ref Shape shape)
    {
        var said = head[value];
        switch (meaning)
        {
            case HeaderMeaning.Plain:
                return true;
            case HeaderMeaning.Host when !shape.HasHost && !said.IsEmpty:
                (shape.HasHost, shape.Host) = (true, value);
                return true;
            case HeaderMeaning.ContentLength when shape.BodyLength is null && said.Length is > 0 and <= 6:
                // A sign or anything else that is no digit is not for us to read.
                if (said[0] is < (byte)'0' or > (byte)'9' || !Utf8Parser.TryParse(said, out int body, out var used) || used != said.Length) return false;
                shape.BodyLength = body;
                return true;
            case HeaderMeaning.Connection when !shape.HasConnection && Ascii.EqualsIgnoreCase(said, "keep-alive"u8):
                (shape.HasConnection, shape.Connection) = (true, line);
                return true;
            default:
                return false;
        }
    }

    private static string? MethodOf(ReadOnlySpan<byte> method) => method.Length switch
    {
        3 when method.SequenceEqual("GET"u8) => HttpMethods.Get,
        3 when method.SequenceEqual("PUT"u8) => HttpMethods.Put,
        4 when method.SequenceEqual("POST"u8) => HttpMethods.Post,
        4 when method.SequenceEqual("HEAD"u8) => HttpMethods.Head,
        5 when method.SequenceEqual("PATCH"u8) => HttpMethods.Patch,
        6 when method.SequenceEqual("DELETE"u8) => HttpMethods.Delete,
        7 when method.SequenceEqual("OPTIONS"u8) => HttpMethods.Options,
        _ => null,
    };

    /// <summary>Where the parts of a request are in its bytes.</summary>
    public struct Shape
    {
        public string Method;
        public int HeadLength;
        public int? BodyLength;

        /// <summary>Bytes of the whole request.</summary>
        public readonly int Length => HeadLength + (BodyLength ?? 0);

        public bool HasHost;
        public Range Host;
        public bool HasConnection;
        public Range Connection;
    }
}
