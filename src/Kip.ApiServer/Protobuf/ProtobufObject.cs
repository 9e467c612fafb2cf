using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Kip.ApiServer.Protobuf;

/// <summary>Turns objects that Go clients send as protobuf into the JSON they stand for.</summary>
internal static class ProtobufObject
{
    public const string ContentType = "application/vnd.kubernetes.protobuf";

    // "k8s" and a zero, before every body.
    private static ReadOnlySpan<byte> Magic => [0x6b, 0x38, 0x73, 0x00];

    /// <summary>Reads a body. Null when it is of a kind that is not understood; <paramref name="kind"/> says which.</summary>
    /// <exception cref="FormatException">The body is malformed, and why.</exception>
    public static ReadOnlyMemory<byte>? Read(ReadOnlyMemory<byte> body, out string kind)
    {
        if (!body.Span.StartsWith(Magic)) throw new FormatException("it does not begin as Kubernetes' protobuf does");
        var (apiVersion, name, content) = Open(body[Magic.Length..]);
        kind = $"{apiVersion} {name}";
        if (ProtobufMessages.Known.Find(apiVersion, name) is not { } message) return null;
        var json = new ArrayBufferWriter<byte>(Math.Max(256, content.Length * 2));
        using var writer = new Utf8JsonWriter(json, new JsonWriterOptions { SkipValidation = true });
        new ProtobufTranscoder(content, writer).Write(message, apiVersion, name);
        writer.Flush();
        return json.WrittenMemory;
    }

    private static (string ApiVersion, string Kind, ReadOnlyMemory<byte> Content) Open(ReadOnlyMemory<byte> unknown)
    {
        var envelope = new ProtobufReader(unknown.Span);
        var (apiVersion, kind) = ("", "");
        ReadOnlyMemory<byte> content = default;
        while (envelope.Read())
        {
            if (envelope.Field == 1) (apiVersion, kind) = TypeOf(envelope.Bytes);
            if (envelope.Field == 2) content = unknown.Slice(envelope.Start, envelope.Bytes.Length);
            if (envelope.Field == 3 && !envelope.Bytes.IsEmpty) throw new FormatException("its content is encoded once more, which is not understood");
        }
        return (apiVersion, kind, content);
    }

    private static (string ApiVersion, string Kind) TypeOf(ReadOnlySpan<byte> typeMeta)
    {
        var reader = new ProtobufReader(typeMeta);
        var (apiVersion, kind) = ("", "");
        while (reader.Read())
        {
            if (reader.Field == 1) apiVersion = Encoding.UTF8.GetString(reader.Bytes);
            if (reader.Field == 2) kind = Encoding.UTF8.GetString(reader.Bytes);
        }
        return (apiVersion, kind);
    }
}
