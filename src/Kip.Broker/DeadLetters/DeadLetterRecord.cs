using Kip.Brokers.Records;

namespace Kip.Brokers.DeadLetters;

/// <summary>How dead letters, and their ends, lie in their log.</summary>
internal static class DeadLetterRecord
{
    private const byte Version = 1;
    private const byte Letter = 1;
    private const byte End = 2;

    public static byte[] Write(DeadLetter letter)
    {
        using var stream = new MemoryStream(letter.Event.Record.Length + 512);
        using var writer = new BinaryWriter(stream);
        writer.Write(Version);
        writer.Write(Letter);
        writer.Write(letter.Uid);
        writer.Write(letter.Subscription.Namespace);
        writer.Write(letter.Subscription.Name);
        writer.Write(letter.Offset);
        writer.Write(letter.Time.UtcTicks);
        writer.Write(letter.Attempts);
        writer.Write(letter.Destination);
        writer.Write(letter.Status);
        writer.Write(letter.Body.Length);
        writer.Write(letter.Body.Span);
        writer.Write(letter.Event.Record);
        writer.Flush();
        return stream.ToArray();
    }

    public static byte[] WriteEnd(ulong id, DeadLetterEnd end)
    {
        using var stream = new MemoryStream(16);
        using var writer = new BinaryWriter(stream);
        writer.Write(Version);
        writer.Write(End);
        writer.Write(id);
        writer.Write((byte)end);
        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads one record: a letter, or the end of an earlier one.</summary>
    /// <exception cref="InvalidDataException">A newer kip wrote it.</exception>
    public static (DeadLetter? Letter, ulong Ended, DeadLetterEnd End) Read(ulong id, ReadOnlyMemory<byte> record)
    {
        using var reader = new BinaryReader(new MemoryStream(record.ToArray()));
        if (reader.ReadByte() is var version and not Version)
            throw new InvalidDataException($"a dead letter of version {version} cannot be read by this kip: use a newer one");
        if (reader.ReadByte() == End) return (null, reader.ReadUInt64(), (DeadLetterEnd)reader.ReadByte());
        var (uid, name) = (reader.ReadString(), new Resources.NamespacedName(reader.ReadString(), reader.ReadString()));
        var (offset, time, attempts) = (reader.ReadUInt64(), new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero), reader.ReadInt32());
        var (destination, status) = (reader.ReadString(), reader.ReadInt32());
        var body = reader.ReadBytes(reader.ReadInt32());
        var stored = new StoredEvent(record[(int)reader.BaseStream.Position..].ToArray()) { Offset = offset };
        return (new(uid, name, offset, time, attempts, destination, status, body, stored) { Id = id }, 0, default);
    }
}
