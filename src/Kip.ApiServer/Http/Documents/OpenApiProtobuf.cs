using System.Text.Json;
using Kip.ApiServer.Protobuf;

namespace Kip.ApiServer.Http.Documents;

/// <summary>
/// The OpenAPI version 2 document as protobuf (gnostic's <c>openapi.v2.Document</c>): the only form that kubectl before 1.27 reads, and
/// without it those refuse to apply. Holds what they look at: definitions, and which operations take which parameters.
/// </summary>
internal static class OpenApiProtobuf
{
    /// <summary>What clients ask for.</summary>
    public const string Accepted = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

    /// <summary>What they are answered: the at sign is no part of a media type, and Go's parser says so.</summary>
    public const string ContentType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    /// <summary>Writes the JSON document over.</summary>
    public static byte[] Write(JsonElement document)
    {
        var writer = new ProtobufWriter();
        writer.Text(1, document.GetProperty("swagger").GetString());
        writer.Message(2, info =>
        {
            info.Text(1, document.GetProperty("info").GetProperty("title").GetString());
            info.Text(2, document.GetProperty("info").GetProperty("version").GetString());
        });
        writer.Message(8, paths => Named(paths, 2, document.GetProperty("paths"), PathItem));
        writer.Message(9, definitions => Named(definitions, 1, document.GetProperty("definitions"), Schema));
        return writer.ToArray();
    }

    /// <summary>A map: entries of name and value.</summary>
    private static void Named(ProtobufWriter writer, int field, JsonElement map, Action<ProtobufWriter, JsonElement> write)
    {
        foreach (var member in map.EnumerateObject())
        {
            writer.Message(field, entry =>
            {
                entry.Text(1, member.Name);
                entry.Message(2, value => write(value, member.Value));
            });
        }
    }

    private static void PathItem(ProtobufWriter writer, JsonElement item)
    {
        foreach (var member in item.EnumerateObject())
        {
            var field = member.Name switch { "get" => 2, "put" => 3, "post" => 4, "delete" => 5, "patch" => 8, _ => 0 };
            if (field != 0) writer.Message(field, operation => Operation(operation, member.Value));
        }
        Parameters(writer, 9, item);
    }

    private static void Operation(ProtobufWriter writer, JsonElement operation)
    {
        writer.Text(3, operation.GetProperty("description").GetString());
        writer.Text(5, operation.GetProperty("operationId").GetString());
        Parameters(writer, 8, operation);
        Extensions(writer, 13, operation);
    }

    private static void Parameters(ProtobufWriter writer, int field, JsonElement holder)
    {
        foreach (var parameter in holder.GetProperty("parameters").EnumerateArray())
            writer.Message(field, item => item.Message(1, either => Parameter(either, parameter)));
    }

    private static void Parameter(ProtobufWriter writer, JsonElement parameter)
    {
        if (parameter.GetProperty("in").GetString() == "body")
        {
            writer.Message(1, body =>
            {
                body.Text(2, parameter.GetProperty("name").GetString());
                body.Text(3, "body");
                body.Bool(4, true);
                body.Message(5, schema => Schema(schema, parameter.GetProperty("schema")));
            });
            return;
        }
        var isPath = parameter.GetProperty("in").GetString() == "path";
        writer.Message(2, other => other.Message(isPath ? 4 : 3, sub =>
        {
            sub.Bool(1, isPath);
            sub.Text(2, parameter.GetProperty("in").GetString());
            sub.Text(3, parameter.GetProperty("description").GetString());
            sub.Text(4, parameter.GetProperty("name").GetString());
            sub.Text(isPath ? 5 : 6, "string");
        }));
    }

    private static void Schema(ProtobufWriter writer, JsonElement schema)
    {
        writer.Text(1, TextOf(schema, "$ref"));
        writer.Text(2, TextOf(schema, "format"));
        writer.Text(4, TextOf(schema, "description"));
        if (schema.TryGetProperty("required", out var required))
            foreach (var name in required.EnumerateArray()) writer.Text(19, name.GetString());
        if (schema.TryGetProperty("additionalProperties", out var values))
            writer.Message(21, either => either.Message(1, inner => Schema(inner, values)));
        if (TextOf(schema, "type") is { } type) writer.Message(22, item => item.Text(1, type));
        if (schema.TryGetProperty("items", out var items)) writer.Message(23, item => item.Message(1, inner => Schema(inner, items)));
        if (schema.TryGetProperty("properties", out var properties)) writer.Message(25, map => Named(map, 1, properties, Schema));
        Extensions(writer, 31, schema);
    }

    /// <summary>Extensions are kept as YAML text, which JSON is.</summary>
    private static void Extensions(ProtobufWriter writer, int field, JsonElement holder)
    {
        foreach (var member in holder.EnumerateObject())
        {
            if (!member.Name.StartsWith("x-", StringComparison.Ordinal)) continue;
            writer.Message(field, entry =>
            {
                entry.Text(1, member.Name);
                entry.Message(2, any => any.Text(2, member.Value.GetRawText()));
            });
        }
    }

    private static string? TextOf(JsonElement holder, string name) => holder.TryGetProperty(name, out var value) ? value.GetString() : null;
}
