using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Kip.Brokers.Records;
using Kip.Brokers.Topics;
using Kip.Brokers.Tracing;
using Kip.CloudEvents;
using Kip.CloudEvents.Http;
using Kip.Rules.Eventing.Delivery;

namespace Kip.Brokers.Http.Plain;

/// <summary>What lies at the beginning of a connection's input.</summary>
internal enum PlainVerdict
{
    Plain,

    /// <summary>It may become plain; more of it has to come.</summary>
    Incomplete,
    NotPlain,
}

/// <summary>One event in binary mode, in an HTTP/1.1 request that asks for nothing out of the ordinary, as it lies in the bytes it came in.</summary>
/// <remarks>
/// Narrower than HTTP and CloudEvents on purpose: only what every reader understands alike, and whose values are kept as the bytes they are. The
/// rest is not refused here but left to the HTTP server, which reads all of it and knows what to answer. Used again for the next event; places are good
/// until the input is advanced.
/// </remarks>
internal sealed class PlainEvent
{
    public const int MaxHeadBytes = 8 << 10;
    public const int MaxBodyBytes = 64 << 10;
    private const int MaxAttributes = 24;
    private const int MaxNameBytes = 64;
    private const string ArrivalHeader = "ce-" + RecordWriter.ArrivalExtension;

    private static readonly SearchValues<byte> NameBytes = SearchValues.Create(
        "!#$&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);
    private static readonly SearchValues<byte> AttributeBytes = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    // Those that an attribute's value may hold and that are written in a header as they are: not the space, the quote and the percent sign.
    private static readonly SearchValues<byte> ValueBytes = SearchValues.Create(
        "!#$&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    private readonly (string Name, Range Value)[] _attributes = new (string, Range)[MaxAttributes];
    private readonly PlainRoute _route = new();
    private byte[]? _gathered;
    private byte[] _mediaType = [];
    private int _count;
    private int _headLength;
    private int? _bodyLength;
    private Range? _host;
    private Range? _contentType;
    private string? _source;
    private string? _type;

    /// <summary>Where it is to go.</summary>
    public TopicKey Topic => _route.Topic;

    /// <summary>Bytes of the request's body.</summary>
    public int BodyLength => _bodyLength ?? 0;

    /// <summary>Bytes of the whole request.</summary>
    public int Length => _headLength + BodyLength;

    public string Id { get; private set; } = "";

    public string Source => _source!;

    public string Type => _type!;

    /// <summary>Looks for an event at the beginning of the input.</summary>
    public PlainVerdict Read(in ReadOnlySequence<byte> input)
    {
        var bytes = Head(input);
        if (!"POST /"u8.StartsWith(bytes[..Math.Min(bytes.Length, 6)])) return PlainVerdict.NotPlain;
        var end = bytes.IndexOf("\r\n\r\n"u8);
        // Lines may end otherwise, too: a head that does is not to be waited for.
        if (end < 0)
            return bytes.Length < MaxHeadBytes && bytes.IndexOf("\n\r\n"u8) < 0 && bytes.IndexOf("\n\n"u8) < 0
                ? PlainVerdict.Incomplete
                : PlainVerdict.NotPlain;
        if (end + 4 > MaxHeadBytes) return PlainVerdict.NotPlain;
        (_headLength, _count, _bodyLength, _host, _contentType) = (end + 4, 0, null, null, null);
        // Each line with its end, without the empty one.
        var head = bytes[..(end + 2)];
        var line = head.IndexOf((byte)'\n') + 1;
        if (!TryReadHeaders(head, line) || _host is not { } host || !_route.TryFind(head[..line], head[host])) return PlainVerdict.NotPlain;
        if (_bodyLength is not <= MaxBodyBytes || !IsWhole(head)) return PlainVerdict.NotPlain;
        return input.Length < Length ? PlainVerdict.Incomplete : PlainVerdict.Plain;
    }

    /// <summary>Makes the record of the event.</summary>
    /// <param name="input">What was given to <see cref="Read"/>.</param>
    /// <param name="timeToLive">For a broker: the count it goes on with, and its arrival becomes an extension. 0 for a channel.</param>
    /// <param name="parent">The trace that it belongs to.</param>
    public StoredEvent Store(in ReadOnlySequence<byte> input, int timeToLive, string parent, DateTimeOffset arrival)
    {
        var bytes = Head(input);
        var lines = new PlainLines();
        foreach (var (name, value) in _attributes.AsSpan(0, _count)) lines.Count(AttributeNames.Header(name), value.End.Value - value.Start.Value);
        if (_contentType is { } type) lines.Count("Content-Type", type.End.Value - type.Start.Value);
        var arrived = timeToLive > 0 ? CloudEventValue.Timestamp(arrival).ToString() : null;
        if (arrived is not null) lines.Count(ArrivalHeader, arrived.Length);
        var head = new RecordHead
        {
            DataKind = (byte)(BodyLength > 0 ? CloudEventDataKind.Bytes : CloudEventDataKind.None),
            TimeToLive = timeToLive,
            Attributes = lines.Lines,
            Arrival = arrival,
            AttributeBytes = lines.Bytes,
            HeaderBytes = PlainLines.BytesOf(TraceContext.Parent, parent.Length),
        };
        var record = new byte[head.LinesAt + head.AttributeBytes + head.HeaderBytes + BodyLength];
        head.Write(record);
        lines.Begin(record, head.LinesAt);
        foreach (var (name, value) in _attributes.AsSpan(0, _count)) lines.Write(AttributeNames.Header(name), bytes[value], TypeOf(name));
        if (_contentType is { } mediaType) lines.Write("Content-Type", bytes[mediaType], CloudEventType.String);
        if (arrived is not null) lines.Write(ArrivalHeader, arrived, CloudEventType.Timestamp);
        lines.Write(TraceContext.Parent, parent, type: null);
        input.Slice(_headLength, BodyLength).CopyTo(record.AsSpan(record.Length - BodyLength));
        return new(record);
    }

    // Mostly the head lies in one piece.
    private ReadOnlySpan<byte> Head(in ReadOnlySequence<byte> input)
    {
        if (input.IsSingleSegment || input.FirstSpan.IndexOf("\r\n\r\n"u8) >= 0) return input.FirstSpan;
        _gathered ??= new byte[MaxHeadBytes];
        var length = (int)Math.Min(input.Length, MaxHeadBytes);
        input.Slice(0, length).CopyTo(_gathered);
        return _gathered.AsSpan(0, length);
    }

    private bool TryReadHeaders(ReadOnlySpan<byte> head, int start)
    {
        while (start < head.Length)
        {
            var end = start + head[start..].IndexOf((byte)'\n') + 1;
            var line = head[start..end];
            var colon = line.IndexOf((byte)':');
            if (colon is <= 0 or > MaxNameBytes || line[^2] != '\r' || line[..colon].ContainsAnyExcept(NameBytes)) return false;
            var (from, to) = (start + colon + 1, end - 2);
            while (from < to && head[from] == ' ') from++;
            while (from < to && head[to - 1] == ' ') to--;
            if (head[from..to].ContainsAnyExceptInRange((byte)' ', (byte)'~') || !TryTake(line[..colon], head, from..to)) return false;
            start = end;
        }
        return true;
    }

    private bool TryTake(ReadOnlySpan<byte> name, ReadOnlySpan<byte> head, Range value)
    {
        var said = head[value];
        if (name.Length >= 3 && Ascii.EqualsIgnoreCase(name[..3], "ce-"u8)) return TryAdd(name[3..], said, value);
        if (Ascii.EqualsIgnoreCase(name, "Host"u8)) return !said.IsEmpty && Once(ref _host, value);
        if (Ascii.EqualsIgnoreCase(name, "Content-Type"u8)) return IsMediaType(said) && Once(ref _contentType, value);
        if (Ascii.EqualsIgnoreCase(name, "Connection"u8)) return Ascii.EqualsIgnoreCase(said, "keep-alive"u8);
        return Ascii.EqualsIgnoreCase(name, "Content-Length"u8) ? TryReadLength(said) : IsPassedOver(name);
    }

    private static bool Once(ref Range? place, Range value)
    {
        if (place is not null) return false;
        place = value;
        return true;
    }

    private bool TryReadLength(ReadOnlySpan<byte> said)
    {
        // A sign or anything else that is no digit is not for us to read.
        if (_bodyLength is not null || said.Length is 0 or > 6 || said[0] is < (byte)'0' or > (byte)'9') return false;
        if (!Utf8Parser.TryParse(said, out int length, out var used) || used != said.Length) return false;
        _bodyLength = length;
        return true;
    }

    // Not what travels with the event, and not what changes how the request is to be read.
    private static bool IsPassedOver(ReadOnlySpan<byte> name)
    {
        Span<char> text = stackalloc char[MaxNameBytes];
        text = text[..Encoding.Latin1.GetChars(name, text)];
        return !DeliveryHeaders.IsForwarded(text) && !TravellingHeaders.IsContext(text) && !Ascii.EqualsIgnoreCase(name, "Transfer-Encoding"u8)
            && !Ascii.EqualsIgnoreCase(name, "Expect"u8) && !Ascii.EqualsIgnoreCase(name, "Upgrade"u8) && !Ascii.EqualsIgnoreCase(name, "Trailer"u8);
    }

    private bool TryAdd(ReadOnlySpan<byte> name, ReadOnlySpan<byte> said, Range value)
    {
        if (_count == MaxAttributes || name.IsEmpty || name.ContainsAnyExcept(AttributeBytes)) return false;
        if (said.IsEmpty || said.ContainsAnyExcept(ValueBytes)) return false;
        Span<char> text = stackalloc char[MaxNameBytes];
        var shared = AttributeNames.Share(text[..Encoding.Latin1.GetChars(name, text)]);
        // Those have rules that are kept elsewhere.
        if (shared is AttributeNames.DataContentType or AttributeNames.DataSchema or "data" or TimeToLive.Extension or RecordWriter.ArrivalExtension)
            return false;
        if (Find(shared) >= 0) return false;
        _attributes[_count++] = (shared, value);
        return true;
    }

    // Version 1.0 with all that it requires.
    private bool IsWhole(ReadOnlySpan<byte> head)
    {
        var (version, id, source, type) = (
            Find(AttributeNames.SpecVersion), Find(AttributeNames.Id), Find(AttributeNames.Source), Find(AttributeNames.Type));
        if (version < 0 || id < 0 || source < 0 || type < 0 || !head[_attributes[version].Value].SequenceEqual("1.0"u8)) return false;
        if (Find(AttributeNames.Time) is >= 0 and var time
            && !CloudEventValue.String(Encoding.Latin1.GetString(head[_attributes[time].Value])).TryGetTimestamp(out _)) return false;
        Id = Encoding.Latin1.GetString(head[_attributes[id].Value]);
        _source = Shared(_source, head[_attributes[source].Value]);
        _type = Shared(_type, head[_attributes[type].Value]);
        return true;
    }

    // A sender's events are mostly of one type and source.
    private static string Shared(string? last, ReadOnlySpan<byte> text) =>
        last is not null && Ascii.Equals(text, last) ? last : Encoding.Latin1.GetString(text);

    private int Find(string name)
    {
        for (var i = 0; i < _count; i++)
            if (_attributes[i].Name == name) return i;
        return -1;
    }

    private static CloudEventType TypeOf(string name) => name switch
    {
        AttributeNames.Source => CloudEventType.UriReference,
        AttributeNames.Time => CloudEventType.Timestamp,
        _ => CloudEventType.String,
    };

    // What a media type is, is known elsewhere; it is asked once for all events of a sender.
    private bool IsMediaType(ReadOnlySpan<byte> said)
    {
        if (said.SequenceEqual(_mediaType)) return !said.IsEmpty;
        var text = Encoding.Latin1.GetString(said);
        if (text.Length == 0 || CloudEventHttpReader.ModeOf(text) != ContentMode.Binary) return false;
        if (new CloudEventBuilder(CloudEventStrictness.Upstream).Set(AttributeNames.DataContentType, text).Error is not null) return false;
        _mediaType = said.ToArray();
        return true;
    }
}
