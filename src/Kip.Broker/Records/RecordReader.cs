using System.Text;
using Kip.CloudEvents;
using Kip.CloudEvents.Http;

namespace Kip.Brokers.Records;

/// <summary>Reads records back.</summary>
internal static class RecordReader
{
    // Events of one type come in runs.
    [ThreadStatic]
    private static string? _lastType;

    /// <summary>The event of a record. Its data is the record's memory.</summary>
    public static CloudEvent Decode(StoredEvent stored)
    {
        var builder = new CloudEventBuilder(CloudEventStrictness.Upstream);
        var lines = new HeaderLines(stored.AttributeLines.Span);
        for (var i = 0; lines.MoveNext(); i++)
        {
            var type = (CloudEventType)stored.Record[RecordHead.FixedBytes + i];
            var value = Encoding.Latin1.GetString(lines.Value);
            if (lines.Name.SequenceEqual("Content-Type"u8)) builder.Set(AttributeNames.DataContentType, value);
            else builder.Set(NameOf(lines.Name), CloudEventValue.FromCanonical(type, Text(value)));
        }
        if (stored.Head.DataKind != (byte)CloudEventDataKind.None) builder.SetData((CloudEventDataKind)stored.Head.DataKind, stored.Data);
        return builder.TryBuild(out var read, out var error) ? read
            : throw new InvalidDataException($"the event at offset {stored.Offset} was accepted but cannot be read back: {error}");
    }

    /// <summary>The headers that go along with an event.</summary>
    public static List<KeyValuePair<string, string>> Headers(StoredEvent stored)
    {
        var headers = new List<KeyValuePair<string, string>>();
        var lines = new HeaderLines(stored.HeaderLines.Span);
        while (lines.MoveNext()) headers.Add(new(Encoding.Latin1.GetString(lines.Name), Encoding.Latin1.GetString(lines.Value)));
        return headers;
    }

    /// <summary>The type of a record's event; a string that is shared among events of the same type.</summary>
    public static string TypeOf(StoredEvent stored)
    {
        var lines = new HeaderLines(stored.AttributeLines.Span);
        while (lines.MoveNext())
        {
            if (!lines.Name.SequenceEqual("ce-type"u8)) continue;
            if (_lastType is { } last && Ascii.Equals(lines.Value, last)) return last;
            return _lastType = Text(Encoding.Latin1.GetString(lines.Value));
        }
        return "";
    }

    private static string NameOf(ReadOnlySpan<byte> header)
    {
        Span<char> name = stackalloc char[256];
        return header.Length - 3 <= name.Length
            ? AttributeNames.Share(name[..Encoding.Latin1.GetChars(header[3..], name)])
            : Encoding.Latin1.GetString(header[3..]);
    }

    private static string Text(string header) =>
        HeaderValue.TryDecode(header, CloudEventStrictness.Upstream, out var text) ? text : header;
}

/// <summary>Goes over lines of the form <c>name: value CR LF</c>.</summary>
internal ref struct HeaderLines(ReadOnlySpan<byte> lines)
{
    private ReadOnlySpan<byte> _rest = lines;

    public ReadOnlySpan<byte> Name { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    public bool MoveNext()
    {
        var end = _rest.IndexOf((byte)'\n');
        if (end < 0) return false;
        var line = _rest[..(end - 1)];
        var colon = line.IndexOf((byte)':');
        Name = line[..colon];
        Value = line[(colon + 2)..];
        _rest = _rest[(end + 1)..];
        return true;
    }
}
