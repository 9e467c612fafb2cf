using Kip.CloudEvents;

namespace Kip.Brokers.Records;

/// <summary>An event as the log keeps it: one run of bytes that a delivery in binary mode copies as they are.</summary>
/// <remarks>Decoding is put off until somebody asks for an attribute; an event that was just received still has its own.</remarks>
internal sealed class StoredEvent
{
    private CloudEvent? _decoded;

    public StoredEvent(byte[] record, CloudEvent? decoded = null)
    {
        Record = record;
        Head = RecordHead.Read(record);
        _decoded = decoded;
    }

    public byte[] Record { get; }

    public RecordHead Head { get; }

    /// <summary>Its place in its log; 0 before it has one.</summary>
    public ulong Offset { get; set; }

    /// <summary>The attributes as lines of an HTTP message's head.</summary>
    public ReadOnlyMemory<byte> AttributeLines => Record.AsMemory(Head.LinesAt, Head.AttributeBytes);

    /// <summary>The headers that go along, as lines of an HTTP message's head.</summary>
    public ReadOnlyMemory<byte> HeaderLines => Record.AsMemory(Head.LinesAt + Head.AttributeBytes, Head.HeaderBytes);

    public ReadOnlyMemory<byte> Data => Record.AsMemory(Head.LinesAt + Head.AttributeBytes + Head.HeaderBytes);

    /// <summary>The event's type, without decoding the rest.</summary>
    public string Type => _decoded?.Type ?? RecordReader.TypeOf(this);

    /// <summary>The event with its attributes, but for the time to live, which is in <see cref="RecordHead.TimeToLive"/>.</summary>
    public CloudEvent Event => _decoded ??= RecordReader.Decode(this);
}
