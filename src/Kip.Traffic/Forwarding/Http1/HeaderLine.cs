using System.Text;
using Kip.Traffic.Http;

namespace Kip.Traffic.Forwarding.Http1;

/// <summary>What a header means to a proxy.</summary>
internal enum HeaderKind
{
    Plain,
    ContentLength,
    TransferEncoding,
    Connection,
    Host,
    Upgrade,
    HopByHop,
}

/// <summary>One header line of a response: its bytes, and what they say.</summary>
internal sealed class HeaderLine
{
    private HeaderLine(byte[] raw, string name, string value)
    {
        Raw = raw;
        Name = name;
        Value = value;
        Kind = HopByHop.KindOf(name);
        IsHopByHop = IsAlwaysHopByHop;
        IsDate = name.Equals("Date", StringComparison.OrdinalIgnoreCase);
    }

    public byte[] Raw { get; }

    public string Name { get; }

    public string Value { get; }

    public HeaderKind Kind { get; }

    /// <summary>Whether it is not passed on, whatever <c>Connection</c> says.</summary>
    public bool IsAlwaysHopByHop => Kind is not (HeaderKind.Plain or HeaderKind.Host);

    /// <summary>Whether it is not passed on. The length is, but as a number.</summary>
    public bool IsHopByHop { get; set; }

    public bool IsDate { get; }

    /// <summary>Whether a line before has the same name.</summary>
    public bool IsRepeat { get; set; }

    /// <exception cref="MalformedResponseException">It is no header line.</exception>
    public static HeaderLine Read(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        // A line that begins with a space would continue the one before: obsolete, and refused (RFC 9112 section 5.2).
        if (colon <= 0 || line[0] is (byte)' ' or (byte)'\t' || line[colon - 1] is (byte)' ' or (byte)'\t')
            throw new MalformedResponseException("the response has a line among its headers that is none");
        // What a client could read as the end of the line, or not at all.
        if (line[..colon].ContainsAnyExcept(FieldBytes.Name) || line[(colon + 1)..].ContainsAny(FieldBytes.Control))
            throw new MalformedResponseException("the response has a header with characters that none may have");
        var value = line[(colon + 1)..].Trim(" \t"u8);
        return new(line.ToArray(), Encoding.Latin1.GetString(line[..colon]), Encoding.Latin1.GetString(value));
    }
}
