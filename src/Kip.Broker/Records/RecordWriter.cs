using System.Text;
using Kip.CloudEvents;
using Kip.CloudEvents.Http;
using Kip.Rules.Eventing.Delivery;

namespace Kip.Brokers.Records;

/// <summary>Turns events into records. Keeps its buffer; not for two threads at once.</summary>
internal sealed class RecordWriter
{
    public const string ArrivalExtension = "knativearrivaltime";

    // Buffers that one large event has made so big are not kept.
    private const int MaxKeptBytes = 64 << 10;

    private byte[] _buffer = new byte[2048];
    private int _length;
    private int _attributes;
    private Span<byte> Types => _types;
    private readonly byte[] _types = new byte[CloudEventBuilder.MaxExtensions + 10];

    /// <summary>Makes the record of an event.</summary>
    /// <param name="headers">The headers that go along with it.</param>
    /// <param name="timeToLive">For a broker: the count it goes on with, and its arrival becomes an extension. 0 for a channel: it stays as it is.</param>
    public StoredEvent Write(
        CloudEvent cloudEvent, IReadOnlyList<KeyValuePair<string, string>> headers, bool structured, int timeToLive, DateTimeOffset arrival)
    {
        (_length, _attributes) = (0, 0);
        WriteAttributes(cloudEvent, timeToLive > 0, arrival);
        var attributeBytes = _length;
        foreach (var (name, value) in headers) Line(name, value);
        var head = new RecordHead
        {
            IsStructured = structured,
            DataKind = (byte)cloudEvent.DataKind,
            TimeToLive = timeToLive,
            Attributes = _attributes,
            Arrival = arrival,
            AttributeBytes = attributeBytes,
            HeaderBytes = _length - attributeBytes,
        };
        var record = new byte[head.LinesAt + _length + cloudEvent.Data.Length];
        head.Write(record);
        Types[.._attributes].CopyTo(record.AsSpan(RecordHead.FixedBytes));
        _buffer.AsSpan(0, _length).CopyTo(record.AsSpan(head.LinesAt));
        cloudEvent.Data.Span.CopyTo(record.AsSpan(head.LinesAt + _length));
        if (_buffer.Length > MaxKeptBytes) _buffer = new byte[2048];
        // Its own attributes lack the arrival, and its data lies in a buffer that is used again: it is decoded anew when that matters.
        return new(record);
    }

    private void WriteAttributes(CloudEvent cloudEvent, bool isBroker, DateTimeOffset arrival)
    {
        Span<char> scratch = stackalloc char[16];
        foreach (var (name, value) in cloudEvent.Attributes)
        {
            if (name == AttributeNames.DataContentType) continue;
            if (isBroker && name is TimeToLive.Extension or ArrivalExtension) continue;
            Attribute(AttributeNames.Header(name), value.Type, HeaderValue.Encode(value.ToString()));
        }
        if (CloudEventHttpWriter.ContentTypeOf(cloudEvent) is { } contentType) Attribute("Content-Type", CloudEventType.String, contentType);
        if (isBroker) Attribute("ce-" + ArrivalExtension, CloudEventType.Timestamp, CloudEventValue.Timestamp(arrival).ToString());
    }

    private void Attribute(string header, CloudEventType type, string value)
    {
        _types[_attributes++] = (byte)type;
        Line(header, value);
    }

    private void Line(string name, string value)
    {
        var most = name.Length + Encoding.Latin1.GetMaxByteCount(value.Length) + 4;
        if (_buffer.Length - _length < most) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + most));
        var at = _buffer.AsSpan(_length);
        var written = Encoding.Latin1.GetBytes(name, at);
        at[written++] = (byte)':';
        at[written++] = (byte)' ';
        written += Encoding.Latin1.GetBytes(value, at[written..]);
        at[written++] = (byte)'\r';
        at[written++] = (byte)'\n';
        _length += written;
    }
}
