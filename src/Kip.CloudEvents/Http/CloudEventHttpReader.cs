using Kip.CloudEvents.Formats;
using Kip.CloudEvents.Syntax;

namespace Kip.CloudEvents.Http;

/// <summary>
/// Reads events from HTTP messages, requests and responses alike. The message's headers are pushed in with <see cref="Header"/>, so any HTTP
/// library will do; then <see cref="TryRead"/> or <see cref="TryReadBatch"/> takes the body. Reusable; not by two threads at once.
/// </summary>
/// <remarks>In binary mode nothing is copied: attributes are the headers' strings, the data is the body's memory.</remarks>
public sealed class CloudEventHttpReader(CloudEventStrictness strictness = CloudEventStrictness.Specification)
{
    private readonly CloudEventBuilder _builder = new(strictness);
    private string? _contentType;

    /// <value>The mode that the headers seen so far amount to.</value>
    public ContentMode Mode => ModeOf(_contentType);

    /// <value>Whether the headers seen so far are an event's: structured or batched, or binary with <c>ce-specversion</c>.</value>
    public bool IsCloudEvent => Mode != ContentMode.Binary || _builder.IsSet(AttributeNames.SpecVersion) || _builder.Error is not null;

    /// <summary>The mode of a message with this content type (HTTP binding, section 3).</summary>
    public static ContentMode ModeOf(ReadOnlySpan<char> contentType)
    {
        contentType = contentType.TrimStart();
        if (contentType.StartsWith("application/cloudevents-batch", StringComparison.OrdinalIgnoreCase)) return ContentMode.Batched;
        var structured = contentType.StartsWith("application/cloudevents", StringComparison.OrdinalIgnoreCase);
        return structured ? ContentMode.Structured : ContentMode.Binary;
    }

    /// <summary>
    /// Takes one header; those that have nothing to do with events are passed over. Of a repeated header the first counts.
    /// </summary>
    public void Header(string name, string value)
    {
        if (name.Length == 12 && name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)) _contentType ??= value;
        else if (name.Length >= 3 && name[2] == '-' && (name[0] | 0x20) == 'c' && (name[1] | 0x20) == 'e') Attribute(name.AsSpan(3), value);
    }

    /// <summary>Reads the one event of a message in binary or structured mode. The reader is empty afterwards.</summary>
    /// <param name="body">Must stay as it is for as long as the event is used.</param>
    public bool TryRead(
        ReadOnlyMemory<byte> body, [NotNullWhen(true)] out CloudEvent? read, [NotNullWhen(false)] out CloudEventError? error)
    {
        var contentType = _contentType;
        var mode = Mode;
        try
        {
            switch (mode)
            {
                case ContentMode.Binary:
                    return TryFinishBinary(body, out read, out error);
                case ContentMode.Structured when EventFormat.ForEvent(contentType) is { } format && MediaType.IsUtf8(contentType):
                    return format.TryRead(body, strictness, out read, out error);
                default:
                    read = null;
                    error = mode == ContentMode.Batched
                        ? new(CloudEventRule.UnsupportedFormat, null, "this receiver takes one event in a request, not a batch")
                        : Unsupported(contentType);
                    return false;
            }
        }
        finally
        {
            Clear();
        }
    }

    /// <summary>Reads the events of a message in any mode. The reader is empty afterwards.</summary>
    /// <remarks>A batch is taken as a whole or not at all: one bad event is the batch's error.</remarks>
    public bool TryReadBatch(
        ReadOnlyMemory<byte> body, [NotNullWhen(true)] out IReadOnlyList<CloudEvent>? read, [NotNullWhen(false)] out CloudEventError? error)
    {
        var contentType = _contentType;
        if (Mode != ContentMode.Batched)
        {
            read = TryRead(body, out var one, out error) ? [one] : null;
            return read is not null;
        }
        Clear();
        if (EventFormat.ForBatch(contentType) is { } format && MediaType.IsUtf8(contentType))
            return format.TryReadBatch(body, strictness, out read, out error);
        (read, error) = (null, Unsupported(contentType));
        return false;
    }

    /// <summary>Forgets the headers.</summary>
    public void Clear()
    {
        _builder.Clear();
        _contentType = null;
    }

    private void Attribute(ReadOnlySpan<char> name, string value)
    {
        var lower = AttributeNames.Share(name);
        if (lower == AttributeNames.DataContentType)
        {
            if (strictness == CloudEventStrictness.Specification)
                _builder.Fail(CloudEventRule.ContentTypeHeader, lower, "the header ce-datacontenttype is not allowed: Content-Type says it");
            return;
        }
        if (_builder.IsSet(lower)) return;
        if (HeaderValue.TryDecode(value, strictness, out var text)) _builder.Set(lower, text);
        else _builder.Fail(CloudEventRule.HeaderEncoding, lower, $"the header ce-{lower} is percent-encoded, but not from UTF-8");
    }

    private bool TryFinishBinary(ReadOnlyMemory<byte> body, out CloudEvent? read, out CloudEventError? error)
    {
        if (_contentType is not null) _builder.Set(AttributeNames.DataContentType, _contentType);
        if (!body.IsEmpty) _builder.SetData(CloudEventDataKind.Bytes, body);
        return _builder.TryBuild(out read, out error);
    }

    private static CloudEventError Unsupported(string? contentType) => new(
        CloudEventRule.UnsupportedFormat, null,
        $"content type \"{contentType}\" is not a format that is read here; use application/cloudevents+json");
}
