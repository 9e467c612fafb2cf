using System.Collections.Immutable;
using Kip.Log;
using Kip.Log.Files;
using Kip.Rules.Eventing.Delivery;

namespace Kip.Brokers.Topics;

/// <summary>How far each subscription of a topic is, as kept on disk: a file that is replaced as a whole.</summary>
/// <remarks>It may be older than what was delivered: then those events are delivered again.</remarks>
internal static class TopicState
{
    private const string File = "progress";
    private const int Version = 1;

    // A file that claims more is not one of ours.
    private const int MaxSubscriptions = 100_000;
    private const int MaxRetrying = 10_000_000;

    public static void Save(ILogFiles files, IReadOnlyList<KeyValuePair<string, DeliveryQueueState>> subscriptions) =>
        DurableFile.Replace(files, File, stream =>
        {
            using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
            writer.Write(Version);
            writer.Write(subscriptions.Count);
            foreach (var (uid, state) in subscriptions)
            {
                writer.Write(uid);
                Write(writer, state);
            }
        });

    /// <summary>Reads what was saved; empty when nothing was.</summary>
    /// <exception cref="LogException">The file is damaged, or a newer kip's.</exception>
    public static Dictionary<string, DeliveryQueueState> Load(ILogFiles files)
    {
        var states = new Dictionary<string, DeliveryQueueState>();
        using var stream = DurableFile.OpenRead(files, File);
        if (stream is null) return states;
        using var whole = new MemoryStream();
        // To the end before anything is believed: only then is every byte checked.
        stream.CopyTo(whole);
        whole.Position = 0;
        using var reader = new BinaryReader(whole);
        if (reader.ReadInt32() is var version and not Version) throw new LogVersionException(File, (uint)version, Version);
        var count = Limited(reader.ReadInt32(), MaxSubscriptions);
        for (var i = 0; i < count; i++) states[reader.ReadString()] = Read(reader);
        return states;
    }

    private static void Write(BinaryWriter writer, DeliveryQueueState state)
    {
        writer.Write(state.Start);
        writer.Write(state.Cursor);
        writer.Write(state.Counts.Filtered);
        writer.Write(state.Counts.Delivered);
        writer.Write(state.Counts.DeadLettered);
        writer.Write(state.Counts.Stored);
        writer.Write(state.Counts.Expired);
        writer.Write(state.Counts.Damaged);
        writer.Write(state.Retrying.Length);
        foreach (var (offset, attempts) in state.Retrying)
        {
            writer.Write(offset);
            writer.Write(attempts);
        }
    }

    private static DeliveryQueueState Read(BinaryReader reader)
    {
        var (start, cursor) = (reader.ReadUInt64(), reader.ReadUInt64());
        var counts = new FateCounts(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
        var retrying = ImmutableArray.CreateBuilder<RetryingEvent>();
        var count = Limited(reader.ReadInt32(), MaxRetrying);
        for (var i = 0; i < count; i++) retrying.Add(new(reader.ReadUInt64(), reader.ReadInt32()));
        return new(start, cursor, counts, retrying.DrainToImmutable());
    }

    private static int Limited(int count, int most) =>
        count >= 0 && count <= most ? count : throw new FileDamagedException(File, $"it claims {count} entries");
}
