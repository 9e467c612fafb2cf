using System.Buffers.Text;
using System.Text;
using Kip.Brokers.Records;
using Kip.CloudEvents;
using Kip.CloudEvents.Formats;
using Kip.Rules.Eventing.Delivery;

namespace Kip.Brokers.Sending;

/// <summary>Writes the HTTP request of an attempt into one buffer: in binary mode that is three copies, whatever the event.</summary>
internal static class RequestBytes
{
    public static void Write(in EventRequest request, GrowingBuffer buffer)
    {
        buffer.Clear();
        buffer.Write(request.Target.Head.Span);
        if (request.PreferReply) buffer.Write("Prefer: reply\r\n"u8);
        buffer.Write("Kn-Namespace: "u8);
        buffer.WriteText(request.Namespace);
        buffer.Write("\r\n"u8);
        WriteHeaders(request, buffer);
        if (request.Format == DeliveryFormat.Json)
        {
            WriteStructured(request, buffer);
            return;
        }
        WriteBinaryAttributes(request, buffer);
        WriteLength(request.Event.Data.Length, buffer);
        buffer.Write(request.Event.Data.Span);
    }

    /// <summary>The event as it is sent: without or with its time to live, and with the reason for a dead letter.</summary>
    public static CloudEvent ToSend(in EventRequest request)
    {
        var sent = request.Event.Event;
        if (request.KeepsTimeToLive && request.Event.Head.TimeToLive > 0)
            sent = sent.WithExtension(TimeToLive.Extension, CloudEventValue.Integer(request.Event.Head.TimeToLive));
        if (request.Failure is not { } failure) return sent;
        sent = sent.WithExtension(ErrorExtensions.Destination, CloudEventValue.String(failure.Destination))
            .WithExtension(ErrorExtensions.Code, CloudEventValue.Integer(ErrorExtensions.CodeOf(failure.Status)));
        return ErrorExtensions.DataOf(failure.Body.Span) is { } data ? sent.WithExtension(ErrorExtensions.Data, CloudEventValue.String(data)) : sent;
    }

    private static void WriteBinaryAttributes(in EventRequest request, GrowingBuffer buffer)
    {
        // The copy is only right when nothing in it is to be replaced.
        if (request.Failure is null) buffer.Write(request.Event.AttributeLines.Span);
        else WriteWithoutErrors(request.Event.AttributeLines.Span, buffer);
        if (request.KeepsTimeToLive && request.Event.Head.TimeToLive > 0)
        {
            buffer.Write("ce-knativebrokerttl: "u8);
            buffer.WriteNumber(request.Event.Head.TimeToLive);
            buffer.Write("\r\n"u8);
        }
        if (request.Failure is not { } failure) return;
        buffer.Write("ce-knativeerrordest: "u8);
        buffer.WriteText(CloudEvents.Http.HeaderValue.Encode(failure.Destination));
        buffer.Write("\r\nce-knativeerrorcode: "u8);
        buffer.WriteNumber(ErrorExtensions.CodeOf(failure.Status));
        if (ErrorExtensions.DataOf(failure.Body.Span) is { } data)
        {
            buffer.Write("\r\nce-knativeerrordata: "u8);
            buffer.WriteText(data);
        }
        buffer.Write("\r\n"u8);
    }

    // An event that has been a dead letter before carries the extensions of that time.
    private static void WriteWithoutErrors(ReadOnlySpan<byte> attributes, GrowingBuffer buffer)
    {
        var lines = new HeaderLines(attributes);
        while (lines.MoveNext())
        {
            if (lines.Name.StartsWith("ce-knativeerror"u8)) continue;
            buffer.Write(lines.Name);
            buffer.Write(": "u8);
            buffer.Write(lines.Value);
            buffer.Write("\r\n"u8);
        }
    }

    private static void WriteStructured(in EventRequest request, GrowingBuffer buffer)
    {
        var body = new System.Buffers.ArrayBufferWriter<byte>(request.Event.Record.Length + 256);
        EventFormat.Json.Write(ToSend(request), body);
        buffer.Write("Content-Type: application/cloudevents+json; charset=utf-8\r\n"u8);
        WriteLength(body.WrittenCount, buffer);
        buffer.Write(body.WrittenSpan);
    }

    private static void WriteHeaders(in EventRequest request, GrowingBuffer buffer)
    {
        if (request.Span is null)
        {
            buffer.Write(request.Event.HeaderLines.Span);
            return;
        }
        foreach (var (name, value) in request.Headers)
        {
            buffer.WriteText(name);
            buffer.Write(": "u8);
            buffer.WriteText(value);
            buffer.Write("\r\n"u8);
        }
    }

    private static void WriteLength(int length, GrowingBuffer buffer)
    {
        buffer.Write("Content-Length: "u8);
        buffer.WriteNumber(length);
        buffer.Write("\r\n\r\n"u8);
    }
}

/// <summary>A buffer that grows; what one large event has made of it is given back.</summary>
internal sealed class GrowingBuffer
{
    private const int KeptBytes = 16 << 10;

    private byte[] _bytes = new byte[2048];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    public void Shrink()
    {
        if (_bytes.Length > KeptBytes) _bytes = new byte[2048];
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    public void WriteText(string text)
    {
        Reserve(text.Length);
        Length += Encoding.Latin1.GetBytes(text, _bytes.AsSpan(Length));
    }

    public void WriteNumber(int number)
    {
        Reserve(11);
        Utf8Formatter.TryFormat(number, _bytes.AsSpan(Length), out var written);
        Length += written;
    }

    private void Reserve(int more)
    {
        if (_bytes.Length - Length < more) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + more));
    }
}
