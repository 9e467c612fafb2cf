using System.Globalization;
using System.Text.Json;
using Kip.Resources;
using Kip.Rules.Cel.Functions;
using Kip.Rules.Cel.Types;
using Kip.Rules.Cel.Values;

namespace Kip.Rules.CustomResources.Validations;

/// <summary>JSON as values of the types that its schema gives it. Parts are made when an expression asks for them.</summary>
internal static class SchemaValues
{
    public static CelValue Of(JsonElement json, StructuralSchema schema, bool isResource) => (json.ValueKind, schema) switch
    {
        (JsonValueKind.Null, _) => CelNull.Instance,
        (_, { IsIntOrString: true }) => CelJson.Of(json),
        (JsonValueKind.Array, { Type: "array", Items: { } items }) => new SchemaList(json, schema, items),
        (JsonValueKind.Object, { Type: "object", AdditionalProperties: { } values }) when !isResource => new SchemaMap(json, values),
        (JsonValueKind.Object, { Type: "object" }) => new SchemaObject(json, schema, isResource),
        (JsonValueKind.Number, { Type: "number" }) => new CelDouble(json.GetDouble()),
        (JsonValueKind.String, { Type: "string", Format: { } format }) => Formatted(json.GetString()!, format),
        _ => CelJson.Of(json),
    };

    private static CelValue Formatted(string text, string format) => format switch
    {
        "byte" => Convert.TryFromBase64String(text, new byte[text.Length], out _) ? new CelBytes(Convert.FromBase64String(text)) : Malformed("byte"),
        "date-time" => Conversions.ReadTimestamp(text) is { } time ? new CelTimestamp(time) : Malformed("date-time"),
        "date" =>
            DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day)
                ? new CelTimestamp(day)
                : Malformed("date"),
        "duration" => GoDuration.TryParse(text, out var span) ? new CelDuration(span) : Malformed("duration"),
        _ => new CelText(text),
    };

    private static CelError Malformed(string format) => new($"Invalid value, expected string encoding a {format}");

    private sealed record SchemaMap(JsonElement Json, StructuralSchema Values) : CelMap
    {
        public override int Count => Json.GetPropertyCount();

        public override IEnumerable<CelValue> Keys => Json.EnumerateObject().Select(static member => new CelText(member.Name));

        public override CelValue? Find(CelValue key) =>
            key is CelText text && Json.TryGetProperty(text.Value, out var value) ? Of(value, Values, Values.IsEmbeddedResource) : null;
    }

    private sealed record SchemaObject(JsonElement Json, StructuralSchema Schema, bool IsResource) : CelMap
    {
        private static readonly CelType Any = CelType.Object(static () => System.Collections.Frozen.FrozenDictionary<string, CelType>.Empty);

        internal override CelType Type => Any;

        public override int Count => Keys.Count();

        public override IEnumerable<CelValue> Keys =>
            from member in Json.EnumerateObject()
            where SchemaTypes.Member(Schema, member.Name, IsResource) is not null
            let name = FieldNames.Escape(member.Name)
            where name is not null
            select new CelText(name);

        public override CelValue? Find(CelValue key) =>
            key is CelText text && FieldNames.Unescape(text.Value) is var name && SchemaTypes.Member(Schema, name, IsResource) is { } member
            && Json.TryGetProperty(name, out var value) ? Of(value, member, member.IsEmbeddedResource) : null;
    }
}
