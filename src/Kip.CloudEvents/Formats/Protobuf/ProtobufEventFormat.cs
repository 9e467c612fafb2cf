using System.Buffers;

namespace Kip.CloudEvents.Formats.Protobuf;

/// <summary>The Protobuf format: messages CloudEvent and CloudEventBatch of package <c>io.cloudevents.v1</c>.</summary>
internal sealed class ProtobufEventFormat : EventFormat
{
    public override string EventContentType => "application/cloudevents+protobuf";

    public override string BatchContentType => "application/cloudevents-batch+protobuf";

    public override bool TryRead(
        ReadOnlyMemory<byte> body,
        CloudEventStrictness strictness,
        [NotNullWhen(true)] out CloudEvent? read,
        [NotNullWhen(false)] out CloudEventError? error) => new ProtobufEventReader(strictness).TryRead(body, out read, out error);

    public override bool TryReadBatch(
        ReadOnlyMemory<byte> body,
        CloudEventStrictness strictness,
        [NotNullWhen(true)] out IReadOnlyList<CloudEvent>? read,
        [NotNullWhen(false)] out CloudEventError? error)
    {
        var events = new List<CloudEvent>();
        var one = new ProtobufEventReader(strictness);
        var batch = new ProtobufReader(body);
        (read, error) = (null, null);
        while (batch.Next() && error is null)
        {
            if (batch.Field != EventFields.BatchEvents) continue;
            if (one.TryRead(batch.Content(), out var next, out error))
            {
                events.Add(next);
                error = CheckOneVersion(events);
            }
            else
            {
                error = error with { BatchIndex = events.Count };
            }
        }
        if (batch.Malformed) error ??= new(CloudEventRule.Format, null, "the body is not a Protobuf CloudEventBatch");
        if (error is null) read = events;
        return error is null;
    }

    public override void Write(CloudEvent cloudEvent, IBufferWriter<byte> body) => ProtobufEventWriter.Write(cloudEvent, body);

    public override void WriteBatch(IReadOnlyList<CloudEvent> events, IBufferWriter<byte> body)
    {
        RequireOneVersion(events);
        var writer = new ProtobufWriter(body);
        var one = new ArrayBufferWriter<byte>();
        foreach (var cloudEvent in events)
        {
            one.ResetWrittenCount();
            ProtobufEventWriter.Write(cloudEvent, one);
            writer.WriteBytes(EventFields.BatchEvents, one.WrittenSpan);
        }
    }
}
