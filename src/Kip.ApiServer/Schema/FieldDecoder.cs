using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Kip.Resources;

namespace Kip.ApiServer.Schema;

/// <summary>Walks a body along its schema: finds unknown and repeated fields and wrong types, and writes down what remains.</summary>
/// <remarks>As in Go, a null or absent value is the type's empty one; whether it may be empty is for validation to say.</remarks>
public sealed class FieldDecoder
{
    // More complaints than this help nobody.
    private const int MaxErrors = 50;

    private readonly Utf8JsonWriter _writer;
    private readonly List<string> _errors = [];
    private string? _typeError;

    private FieldDecoder(Utf8JsonWriter writer) => _writer = writer;

    /// <summary>Decodes a parsed body. Never throws for what the body holds.</summary>
    public static DecodedFields Decode(JsonElement body, SchemaNode schema)
    {
        using var buffer = new PooledBuffer();
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        var decoder = new FieldDecoder(writer);
        try
        {
            decoder.Value(body, schema, "", "");
        }
        catch (InvalidOperationException)
        {
            // The only thing the reader refuses late: half of a surrogate pair.
            decoder._typeError = "invalid character in string: a surrogate without its other half";
        }
        writer.Flush();
        return new(buffer.Written.ToArray(), decoder._errors, decoder._typeError);
    }

    private void Value(JsonElement value, SchemaNode schema, string path, string owner)
    {
        if (_typeError is not null) return;
        switch (schema.Type)
        {
            case SchemaType.Any:
                value.WriteTo(_writer);
                break;
            case SchemaType.Object:
                if (Expect(value, JsonValueKind.Object, schema, path, owner)) Object(value, schema, path);
                break;
            case SchemaType.Map:
                if (Expect(value, JsonValueKind.Object, schema, path, owner)) Map(value, schema, path, owner);
                break;
            case SchemaType.Array:
                if (Expect(value, JsonValueKind.Array, schema, path, owner)) Array(value, schema, path, owner);
                break;
            default:
                if (value.ValueKind == JsonValueKind.Null) WriteEmpty(schema);
                else Scalar(value, schema, path, owner);
                break;
        }
    }

    private void Object(JsonElement value, SchemaNode schema, string path)
    {
        var owner = schema.ClrType?.Name ?? "";
        var last = LastOccurrences(value, path);
        _writer.WriteStartObject();
        for (var i = 0; i < schema.Fields.Count; i++)
        {
            var field = schema.Fields[i];
            if (last.Remove(field.Name, out var member) && !IsAbsent(member, field))
            {
                _writer.WritePropertyName(field.Name);
                Value(member, field.Node, Join(path, field.Name), owner);
            }
            else if (field.Required)
            {
                _writer.WritePropertyName(field.Name);
                WriteEmpty(field.Node);
            }
        }
        if (schema.PreservesUnknown) Kept(last, path);
        else foreach (var name in last.Keys) Complain($"unknown field \"{Join(path, name)}\"");
        _writer.WriteEndObject();
    }

    // What is not named here is for somebody else to judge; that a name comes twice is seen only now.
    private void Kept(Dictionary<string, JsonElement> members, string path)
    {
        foreach (var (name, member) in members)
        {
            _writer.WritePropertyName(name);
            Verbatim(member, Join(path, name));
        }
    }

    private void Verbatim(JsonElement value, string path)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                _writer.WriteStartObject();
                Kept(LastOccurrences(value, path), path);
                _writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                _writer.WriteStartArray();
                var index = 0;
                foreach (var item in value.EnumerateArray()) Verbatim(item, $"{path}[{index++}]");
                _writer.WriteEndArray();
                break;
            default:
                value.WriteTo(_writer);
                break;
        }
    }

    // An empty text is written to nobody, as Go's omitempty has it: what is in memory must not tell it from none either.
    private static bool IsAbsent(JsonElement member, SchemaField field) => member.ValueKind == JsonValueKind.Null
        || (!field.Required && field.Node.Type == SchemaType.String && member.ValueKind == JsonValueKind.String && member.ValueEquals(""u8));

    private void Map(JsonElement value, SchemaNode schema, string path, string owner)
    {
        _writer.WriteStartObject();
        foreach (var (name, member) in LastOccurrences(value, path))
        {
            _writer.WritePropertyName(name);
            Value(member, schema.Items!, Join(path, name), owner);
        }
        _writer.WriteEndObject();
    }

    private void Array(JsonElement value, SchemaNode schema, string path, string owner)
    {
        _writer.WriteStartArray();
        var index = 0;
        foreach (var item in value.EnumerateArray()) Item(item, schema.Items!, $"{path}[{index++}]", owner);
        _writer.WriteEndArray();
    }

    private void Item(JsonElement item, SchemaNode schema, string path, string owner)
    {
        if (item.ValueKind == JsonValueKind.Null && schema.Type != SchemaType.Any) WriteEmpty(schema);
        else Value(item, schema, path, owner);
    }

    private Dictionary<string, JsonElement> LastOccurrences(JsonElement value, string path)
    {
        var last = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            if (!last.TryAdd(member.Name, member.Value))
            {
                last[member.Name] = member.Value;
                Complain($"duplicate field \"{Join(path, member.Name)}\"");
            }
        }
        return last;
    }

    private void Scalar(JsonElement value, SchemaNode schema, string path, string owner)
    {
        var fits = schema.Type switch
        {
            SchemaType.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            SchemaType.Int32 => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _),
            SchemaType.Int64 => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            SchemaType.Number => value.ValueKind == JsonValueKind.Number,
            SchemaType.Quantity => value.ValueKind is JsonValueKind.String or JsonValueKind.Number,
            SchemaType.IntOrString => value.ValueKind == JsonValueKind.String || (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _)),
            _ => value.ValueKind == JsonValueKind.String,
        };
        if (!fits) FailType(value, schema, path, owner);
        else if (schema.Type == SchemaType.Time) Time(value.GetString()!);
        else if (schema.Type == SchemaType.Bytes && !Base64.IsValid(value.GetString())) _typeError = $"illegal base64 data in field \"{path}\"";
        else if (schema.Type == SchemaType.Quantity) _writer.WriteStringValue(value.ValueKind == JsonValueKind.Number ? value.GetRawText() : value.GetString());
        else value.WriteTo(_writer);
    }

    private void Time(string text)
    {
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _)) _writer.WriteStringValue(text);
        else _typeError = $"parsing time \"{text}\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"{text}\" as \"2006\"";
    }

    private bool Expect(JsonElement value, JsonValueKind wanted, SchemaNode schema, string path, string owner)
    {
        if (value.ValueKind == wanted) return true;
        if (value.ValueKind == JsonValueKind.Null) WriteEmpty(schema);
        else FailType(value, schema, path, owner);
        return false;
    }

    private void WriteEmpty(SchemaNode schema)
    {
        switch (schema.Type)
        {
            case SchemaType.Object:
                using (var empty = JsonDocument.Parse("{}")) Object(empty.RootElement, schema, "");
                break;
            case SchemaType.Map:
                _writer.WriteStartObject();
                _writer.WriteEndObject();
                break;
            case SchemaType.Array:
                _writer.WriteStartArray();
                _writer.WriteEndArray();
                break;
            case SchemaType.Int32 or SchemaType.Int64 or SchemaType.Number or SchemaType.IntOrString:
                _writer.WriteNumberValue(0);
                break;
            case SchemaType.Quantity:
                _writer.WriteStringValue("0");
                break;
            case SchemaType.Boolean:
                _writer.WriteBooleanValue(false);
                break;
            case SchemaType.Any or SchemaType.Time:
                _writer.WriteNullValue();
                break;
            default:
                _writer.WriteStringValue("");
                break;
        }
    }

    private void FailType(JsonElement value, SchemaNode schema, string path, string owner)
    {
        var found = value.ValueKind switch
        {
            JsonValueKind.Number => schema.Type is SchemaType.Int32 or SchemaType.Int64 ? $"number {value.GetRawText()}" : "number",
            JsonValueKind.True or JsonValueKind.False => "bool",
            var kind => kind.ToString().ToLowerInvariant(),
        };
        var where = owner.Length == 0 ? "value" : $"struct field {owner}.{path}";
        _typeError = $"json: cannot unmarshal {found} into Go {where} of type {schema.GoName}";
    }

    private void Complain(string error)
    {
        if (_errors.Count < MaxErrors) _errors.Add(error);
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
