using System.Buffers.Binary;
using Kip.Rules.Eventing.Delivery;

namespace Kip.Brokers.Records;

/// <summary>The fixed part at the beginning of a record. All integers are little-endian.</summary>
/// <remarks>
/// | at | bytes | |
/// | 0 | 1 | version, 1 |
/// | 1 | 1 | flags: 1 = it came in structured mode |
/// | 2 | 1 | what is known about the data: a CloudEventDataKind |
/// | 3 | 1 | zero |
/// | 4 | 2 | time to live; 0: none |
/// | 6 | 2 | number of attributes |
/// | 8 | 8 | arrival, in 100 ns since year 1, UTC |
/// | 16 | 4 | bytes of the attributes' lines |
/// | 20 | 4 | bytes of the headers' lines |
/// | 24 | n | the type of each attribute, a CloudEventType |
/// then the attributes' lines, the headers' lines and the data.
/// </remarks>
internal readonly record struct RecordHead
{
    public const byte Version = 1;
    public const int FixedBytes = 24;

    public bool IsStructured { get; init; }

    /// <summary>The mode it came in, in which it goes on unless another is asked for.</summary>
    public DeliveryFormat Format => IsStructured ? DeliveryFormat.Json : DeliveryFormat.Binary;

    public byte DataKind { get; init; }

    /// <summary>How often the event may still pass the broker; 0 in a channel.</summary>
    public int TimeToLive { get; init; }

    public int Attributes { get; init; }

    public DateTimeOffset Arrival { get; init; }

    public int AttributeBytes { get; init; }

    public int HeaderBytes { get; init; }

    public int LinesAt => FixedBytes + Attributes;

    public void Write(Span<byte> record)
    {
        record[0] = Version;
        record[1] = (byte)(IsStructured ? 1 : 0);
        record[2] = DataKind;
        record[3] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(record[4..], (ushort)TimeToLive);
        BinaryPrimitives.WriteUInt16LittleEndian(record[6..], (ushort)Attributes);
        BinaryPrimitives.WriteInt64LittleEndian(record[8..], Arrival.UtcTicks);
        BinaryPrimitives.WriteInt32LittleEndian(record[16..], AttributeBytes);
        BinaryPrimitives.WriteInt32LittleEndian(record[20..], HeaderBytes);
    }

    /// <exception cref="InvalidDataException">A newer Kip wrote it, or it is no record.</exception>
    public static RecordHead Read(ReadOnlySpan<byte> record)
    {
        if (record.Length < FixedBytes || record[0] != Version)
            throw new InvalidDataException($"an event record of version {(record.IsEmpty ? 0 : record[0])} cannot be read by this kip: use a newer one");
        return new()
        {
            IsStructured = (record[1] & 1) != 0,
            DataKind = record[2],
            TimeToLive = BinaryPrimitives.ReadUInt16LittleEndian(record[4..]),
            Attributes = BinaryPrimitives.ReadUInt16LittleEndian(record[6..]),
            Arrival = new(BinaryPrimitives.ReadInt64LittleEndian(record[8..]), TimeSpan.Zero),
            AttributeBytes = BinaryPrimitives.ReadInt32LittleEndian(record[16..]),
            HeaderBytes = BinaryPrimitives.ReadInt32LittleEndian(record[20..]),
        };
    }

    /// <summary>When the event of a record came, without reading the rest of it.</summary>
    public static DateTimeOffset ArrivalOf(ReadOnlySpan<byte> record) => new(BinaryPrimitives.ReadInt64LittleEndian(record[8..]), TimeSpan.Zero);
}
