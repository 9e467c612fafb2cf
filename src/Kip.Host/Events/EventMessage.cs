using System.Buffers;
using Kip.CloudEvents;
using Kip.CloudEvents.Formats;
using Kip.CloudEvents.Http;

namespace Kip.Host.Events;

/// <summary>An event as an HTTP request's headers and body.</summary>
internal sealed class EventMessage : ICloudEventHeaders
{
    private readonly Dictionary<string, string> _headers = [];
    private string? _contentType;
    private ReadOnlyMemory<byte> _body;

    /// <value>The headers beside the content's own.</value>
    public IReadOnlyDictionary<string, string> Headers => _headers;

    public static EventMessage Of(CloudEvent cloudEvent, bool structured)
    {
        var message = new EventMessage();
        if (structured)
        {
            var body = new ArrayBufferWriter<byte>();
            CloudEventHttpWriter.WriteStructured(cloudEvent, EventFormat.Json, ref message, body);
            message._body = body.WrittenMemory;
        }
        else
        {
            message._body = CloudEventHttpWriter.WriteBinary(cloudEvent, ref message);
        }
        return message;
    }

    public HttpContent Content()
    {
        var content = new ReadOnlyMemoryContent(_body);
        if (_contentType is not null) content.Headers.TryAddWithoutValidation("Content-Type", _contentType);
        return content;
    }

    void ICloudEventHeaders.Add(string name, string value)
    {
        if (name == "Content-Type") _contentType = value;
        else _headers[name] = value;
    }
}
