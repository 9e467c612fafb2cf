using System.Text;
using System.Text.Json.Nodes;

namespace Kip.ApiServer.Protobuf;

/// <summary>Turns objects that Go clients send as protobuf into the JSON they stand for.</summary>
internal static class ProtobufObject
{
    public const string ContentType = "application/vnd.kubernetes.protobuf";

    // "k8s" and a zero, before every body.
    private static ReadOnlySpan<byte> Magic => [0x6b, 0x38, 0x73, 0x00];

    /// <summary>Reads a body. Null when it is of a kind that is not understood; <paramref name="kind"/> says which.</summary>
    /// <exception cref="FormatException">The body is malformed.</exception>
    public static JsonObject? Read(ReadOnlySpan<byte> body, out string kind)
    {
        if (!body.StartsWith(Magic)) throw new FormatException("it does not begin as Kubernetes' protobuf does");
        var envelope = new ProtobufReader(body[Magic.Length..]);
        var (apiVersion, name) = ("", "");
        ReadOnlySpan<byte> content = default;
        while (envelope.Read())
        {
            if (envelope.Field == 1) (apiVersion, name) = TypeOf(envelope.Bytes);
            if (envelope.Field == 2) content = envelope.Bytes;
        }
        kind = $"{apiVersion} {name}";
        var message = name == "DeleteOptions" ? ProtobufMessage.DeleteOptions : ProtobufMessage.Known.GetValueOrDefault((apiVersion, name));
        if (message is null) return null;
        var json = Fields(content, message);
        json["apiVersion"] = apiVersion;
        json["kind"] = name;
        return json;
    }

    private static (string ApiVersion, string Kind) TypeOf(ReadOnlySpan<byte> typeMeta)
    {
        var reader = new ProtobufReader(typeMeta);
        var (apiVersion, kind) = ("", "");
        while (reader.Read())
        {
            if (reader.Field == 1) apiVersion = Text(reader.Bytes);
            if (reader.Field == 2) kind = Text(reader.Bytes);
        }
        return (apiVersion, kind);
    }

    private static JsonObject Fields(ReadOnlySpan<byte> content, ProtobufMessage message)
    {
        var json = new JsonObject();
        var reader = new ProtobufReader(content);
        while (reader.Read())
        {
            if (message[reader.Field] is not { } field) continue;
            if (field.Type is ProtobufType.TextMap or ProtobufType.BytesMap) AddEntry(json, field, reader.Bytes);
            else if (field.Repeated) Add(json, field.Name, Value(reader, field));
            // An empty time or text stands for none.
            else if (Value(reader, field) is { } value) json[field.Name] = value;
        }
        return json;
    }

    private static JsonNode? Value(ProtobufReader reader, ProtobufField field)
    {
        if (reader.IsBytes == field.Type is ProtobufType.Integer or ProtobufType.Boolean)
            throw new FormatException($"the field {field.Name} is not of its type");
        return field.Type switch
        {
            ProtobufType.Text => Text(reader.Bytes),
            ProtobufType.Integer => (long)reader.Number,
            ProtobufType.Boolean => reader.Number != 0,
            ProtobufType.Time => Time(reader.Bytes),
            _ => Fields(reader.Bytes, field.Message!),
        };
    }

    private static void Add(JsonObject json, string name, JsonNode? value)
    {
        if (json[name] is not JsonArray list) json[name] = list = [];
        list.Add(value);
    }

    private static void AddEntry(JsonObject json, ProtobufField field, ReadOnlySpan<byte> entry)
    {
        if (json[field.Name] is not JsonObject map) json[field.Name] = map = [];
        var (key, value) = ("", "");
        var reader = new ProtobufReader(entry);
        while (reader.Read())
        {
            if (reader.Field == 1) key = Text(reader.Bytes);
            if (reader.Field == 2) value = field.Type == ProtobufType.BytesMap ? Convert.ToBase64String(reader.Bytes) : Text(reader.Bytes);
        }
        map[key] = value;
    }

    private static string? Time(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        var seconds = 0L;
        while (reader.Read())
            if (reader.Field == 1) seconds = (long)reader.Number;
        // Go's zero time is the year 1; nobody means an object to be so old.
        if (seconds <= 0 || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds()) return null;
        return DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
