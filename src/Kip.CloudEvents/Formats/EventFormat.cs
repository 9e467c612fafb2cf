using System.Buffers;
using Kip.CloudEvents.Formats.Avro;
using Kip.CloudEvents.Formats.Json;
using Kip.CloudEvents.Formats.Protobuf;
using Kip.CloudEvents.Syntax;

namespace Kip.CloudEvents.Formats;

/// <summary>A way to write a whole event, attributes and data, as one body.</summary>
public abstract class EventFormat
{
    public static EventFormat Json { get; } = new JsonEventFormat();

    public static EventFormat Protobuf { get; } = new ProtobufEventFormat();

    public static EventFormat Avro { get; } = new AvroEventFormat();

    /// <value>The content type of one event.</value>
    public abstract string EventContentType { get; }

    /// <value>The content type of a batch; null when the format has none.</value>
    public abstract string? BatchContentType { get; }

    /// <summary>The format of one event with this content type; null when it is not one that is read here. No suffix means JSON.</summary>
    public static EventFormat? ForEvent(ReadOnlySpan<char> contentType) => BySuffix(contentType, "application/cloudevents");

    /// <summary>The format of a batch with this content type; null when it is not one that is read here.</summary>
    public static EventFormat? ForBatch(ReadOnlySpan<char> contentType) =>
        BySuffix(contentType, "application/cloudevents-batch") is { BatchContentType: not null } format ? format : null;

    /// <summary>Reads one event. Its data is memory of <paramref name="body"/> where the format allows.</summary>
    public abstract bool TryRead(
        ReadOnlyMemory<byte> body,
        CloudEventStrictness strictness,
        [NotNullWhen(true)] out CloudEvent? read,
        [NotNullWhen(false)] out CloudEventError? error);

    /// <summary>Reads a batch, as a whole or not at all.</summary>
    public virtual bool TryReadBatch(
        ReadOnlyMemory<byte> body,
        CloudEventStrictness strictness,
        [NotNullWhen(true)] out IReadOnlyList<CloudEvent>? read,
        [NotNullWhen(false)] out CloudEventError? error)
    {
        (read, error) = (null, new(CloudEventRule.UnsupportedFormat, null, $"{EventContentType} has no batches"));
        return false;
    }

    /// <summary>Writes one event.</summary>
    public abstract void Write(CloudEvent cloudEvent, IBufferWriter<byte> body);

    /// <summary>Writes a batch.</summary>
    /// <exception cref="NotSupportedException">The format has no batches.</exception>
    /// <exception cref="ArgumentException">The events are of different versions of the specification.</exception>
    public virtual void WriteBatch(IReadOnlyList<CloudEvent> events, IBufferWriter<byte> body) =>
        throw new NotSupportedException($"{EventContentType} has no batches");

    private protected static void RequireOneVersion(IReadOnlyList<CloudEvent> events)
    {
        for (var i = 1; i < events.Count; i++)
        {
            if (events[i].SpecVersion != events[0].SpecVersion)
                throw new ArgumentException("the events of a batch must have the same specversion", nameof(events));
        }
    }

    private protected static CloudEventError? CheckOneVersion(List<CloudEvent> events) =>
        events.Count < 2 || events[^1].SpecVersion == events[0].SpecVersion
            ? null
            : new(CloudEventRule.Batch, AttributeNames.SpecVersion, "the events of a batch must have the same specversion") { BatchIndex = events.Count - 1 };

    private static EventFormat? BySuffix(ReadOnlySpan<char> contentType, string prefix)
    {
        var essence = MediaType.Essence(contentType);
        if (!essence.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) return null;
        var suffix = essence[prefix.Length..];
        if (suffix.IsEmpty || suffix.Equals("+json", StringComparison.OrdinalIgnoreCase)) return Json;
        if (suffix.Equals("+protobuf", StringComparison.OrdinalIgnoreCase)) return Protobuf;
        return suffix.Equals("+avro", StringComparison.OrdinalIgnoreCase) ? Avro : null;
    }
}
