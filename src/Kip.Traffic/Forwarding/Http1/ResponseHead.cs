using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using Kip.Traffic.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Kip.Traffic.Forwarding.Http1;

/// <summary>The status line and headers of a pod's response (RFC 9112).</summary>
/// <remarks>
/// A connection's responses mostly have the same headers, but for the date. A line that is byte for byte the one of the response before
/// is not read again: its strings are used again, so an ordinary response allocates nothing here.
/// </remarks>
internal sealed class ResponseHead
{
    private readonly List<HeaderLine> _lines = [];
    private byte[] _statusLine = [];
    private byte[] _whole = [];
    private int _wholeLength;
    private int _count;
    private bool _isHttp10;
    private bool _connectionClose;
    private bool _connectionKeepAlive;

    /// <summary>The most bytes that a head has.</summary>
    public const int MaxLength = 64 * 1024;

    public int Status { get; private set; }

    /// <summary>Its header lines in order.</summary>
    public ReadOnlySpan<HeaderLine> Lines => CollectionsMarshal.AsSpan(_lines)[.._count];

    /// <value>Null: the usual words for the status.</value>
    public string? Reason { get; private set; }

    /// <value>Null when the response does not say.</value>
    public long? ContentLength { get; private set; }

    public bool IsChunked { get; private set; }

    /// <summary>Whether the connection may be used again after this response.</summary>
    public bool KeepAlive => !_connectionClose && (!_isHttp10 || _connectionKeepAlive);

    /// <summary>Whether the body, if there is one, ends with the connection.</summary>
    public bool EndsWithConnection => !IsChunked && ContentLength is null;

    /// <summary>Reads a head from the beginning of the bytes. Null when it is not complete; else its length.</summary>
    /// <exception cref="MalformedResponseException">It is not HTTP/1.x.</exception>
    public int? Read(ReadOnlySpan<byte> bytes)
    {
        // The same head again, which is what most connections see until the date changes.
        if (_wholeLength > 0 && bytes.StartsWith(_whole.AsSpan(0, _wholeLength))) return _wholeLength;
        // A head that is not complete is looked through again when more has come: that is rare, and heads are short.
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0) return null;
        var length = end + 4;
        var rest = bytes[..(end + 2)];
        _wholeLength = 0;
        ReadStatus(Next(ref rest));
        ReadLines(rest);
        Keep(bytes[..length]);
        return length;
    }

    private void Keep(ReadOnlySpan<byte> head)
    {
        if (_whole.Length < head.Length) _whole = new byte[head.Length + 16];
        head.CopyTo(_whole);
        _wholeLength = head.Length;
    }

    /// <summary>Sets the client's response to the pod's, without what concerns only the connection to the pod.</summary>
    public void CopyTo(HttpResponse response, bool keepUpgrade)
    {
        response.StatusCode = Status;
        if (Reason is not null) response.HttpContext.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResponseFeature>()!.ReasonPhrase = Reason;
        var headers = response.Headers;
        for (var i = 0; i < _count; i++)
        {
            var line = _lines[i];
            if (line.IsHopByHop && !(keepUpgrade && line.Kind == HeaderKind.Upgrade)) continue;
            if (line.IsRepeat) headers.Append(line.Name, line.Value);
            else headers[line.Name] = line.Value;
        }
        if (ContentLength is { } length && Status is not 204 and >= 200) headers.ContentLength = length;
    }

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)'\n');
        var line = rest[..end];
        rest = rest[(end + 1)..];
        return line.EndsWith((byte)'\r') ? line[..^1] : line;
    }

    private void ReadStatus(ReadOnlySpan<byte> line)
    {
        if (line.SequenceEqual(_statusLine)) return;
        var versioned = line.StartsWith("HTTP/1."u8) && line.Length >= 12 && line[8] == ' ';
        if (!versioned || !Utf8Parser.TryParse(line.Slice(9, 3), out int status, out var used) || used != 3 || status < 100)
            throw new MalformedResponseException("the response does not begin like HTTP/1.1");
        if (line.ContainsAny(FieldBytes.Control)) throw new MalformedResponseException("the response has a reason with characters that none may have");
        _isHttp10 = line[7] == '0';
        Status = status;
        var reason = Encoding.Latin1.GetString(line[Math.Min(13, line.Length)..]);
        Reason = reason.Length == 0 || reason == ReasonPhrases.GetReasonPhrase(status) ? null : reason;
        _statusLine = line.ToArray();
    }

    private void ReadLines(ReadOnlySpan<byte> rest)
    {
        var changed = false;
        var count = 0;
        while (rest.Length > 0)
        {
            var line = Next(ref rest);
            if (count < _lines.Count && line.SequenceEqual(_lines[count].Raw))
            {
                count++;
                continue;
            }
            var read = HeaderLine.Read(line);
            // Only a line that says something else about framing, or moves the others, makes the rest worth another look.
            changed |= count >= _lines.Count || _lines[count].Name != read.Name || read.Kind != HeaderKind.Plain;
            if (!changed) (read.IsRepeat, read.IsHopByHop) = (_lines[count].IsRepeat, _lines[count].IsHopByHop);
            if (count < _lines.Count) _lines[count] = read;
            else _lines.Add(read);
            count++;
        }
        if (!changed && count == _count) return;
        _count = count;
        Summarise();
    }

    private void Summarise()
    {
        (ContentLength, IsChunked, _connectionClose, _connectionKeepAlive) = (null, false, false, false);
        for (var i = 0; i < _count; i++)
        {
            var line = _lines[i];
            // What the response before nominated need not be nominated now.
            line.IsHopByHop = line.IsAlwaysHopByHop;
            line.IsRepeat = _lines.Take(i).Any(before => before.Name.Equals(line.Name, StringComparison.OrdinalIgnoreCase));
            if (line.Kind == HeaderKind.ContentLength) SetLength(line.Value);
            else if (line.Kind == HeaderKind.TransferEncoding) SetEncoding(line.Value);
            else if (line.Kind == HeaderKind.Connection) SetConnection(line.Value);
        }
        // With both, the length does not count (RFC 9112 section 6.3).
        if (IsChunked) ContentLength = null;
        HideNominated();
    }

    private void SetLength(string value)
    {
        if (!long.TryParse(value, System.Globalization.NumberStyles.None, null, out var length) || (ContentLength is { } other && other != length))
            throw new MalformedResponseException($"the response's Content-Length is \"{value}\"");
        ContentLength = length;
    }

    private void SetEncoding(string value)
    {
        if (!value.Equals("chunked", StringComparison.OrdinalIgnoreCase))
            throw new MalformedResponseException($"the response's Transfer-Encoding is \"{value}\"");
        IsChunked = true;
    }

    private void SetConnection(string value)
    {
        foreach (var option in value.Split(',', StringSplitOptions.TrimEntries))
        {
            _connectionClose |= option.Equals("close", StringComparison.OrdinalIgnoreCase);
            _connectionKeepAlive |= option.Equals("keep-alive", StringComparison.OrdinalIgnoreCase);
        }
    }

    // Headers that Connection names are for this connection only (RFC 9110 section 7.6.1).
    private void HideNominated()
    {
        for (var i = 0; i < _count; i++)
        {
            if (_lines[i].Kind != HeaderKind.Connection) continue;
            foreach (var option in _lines[i].Value.Split(',', StringSplitOptions.TrimEntries))
                foreach (var line in _lines.Take(_count))
                    if (line.Name.Equals(option, StringComparison.OrdinalIgnoreCase)) line.IsHopByHop = true;
        }
    }
}
