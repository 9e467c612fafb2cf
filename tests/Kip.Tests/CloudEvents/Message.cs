using Shouldly;
using Kip.CloudEvents;
using Kip.CloudEvents.Http;

namespace Kip.Tests.CloudEvents;

/// <summary>An HTTP message as tests see one: its headers and its body.</summary>
internal struct Message() : ICloudEventHeaders
{
    internal Dictionary<string, string> Headers { get; } = new(StringComparer.OrdinalIgnoreCase);

    internal ReadOnlyMemory<byte> Body { get; set; }

    public readonly void Add(string name, string value) => Headers.Add(name, value);

    internal static Message Binary(CloudEvent cloudEvent)
    {
        var message = new Message();
        message.Body = CloudEventHttpWriter.WriteBinary(cloudEvent, ref message);
        return message;
    }

    internal readonly CloudEvent Read(CloudEventStrictness strictness = CloudEventStrictness.Specification)
    {
        var read = Reader(strictness).TryRead(Body, out var cloudEvent, out var error);
        read.ShouldBeTrue(error?.ToString());
        return cloudEvent!;
    }

    internal readonly CloudEventError Refusal(CloudEventStrictness strictness = CloudEventStrictness.Specification)
    {
        Reader(strictness).TryRead(Body, out _, out var error).ShouldBeFalse("the message should have been refused");
        return error!;
    }

    internal readonly CloudEventHttpReader Reader(CloudEventStrictness strictness = CloudEventStrictness.Specification)
    {
        var reader = new CloudEventHttpReader(strictness);
        foreach (var (name, value) in Headers) reader.Header(name, value);
        return reader;
    }
}
