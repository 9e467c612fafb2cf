using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kip.CloudEvents;

namespace Kip.Tests.CloudEvents.Formats;

/// <summary>Events of every sort: all types, all kinds of data, text from all of Unicode.</summary>
internal static class AnyEvent
{
    private static readonly Gen<string> Text = Gen.Elements("a", "Z", "5", " ", "%", "\"", "\\", "{", "é", "€", "😀", "%20", "true", "\u00a0")
        .ArrayOf().Select(string.Concat);

    private static readonly Gen<string> SomeText = Text.Select(t => "x" + t);

    private static readonly Gen<string> Instant = Gen.Elements(
        "2018-04-05T17:31:00Z", "1969-12-31T23:59:59.999999999Z", "2026-02-03T04:05:06.7Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z");

    private static readonly Gen<byte[]> Bytes = Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf();

    private static readonly Gen<CloudEventValue> Value = Gen.OneOf(
        Text.Select(CloudEventValue.String),
        Gen.Elements(true, false).Select(CloudEventValue.Boolean),
        Gen.OneOf(Gen.Choose(-5, 5), Gen.Elements(int.MinValue, int.MaxValue)).Select(CloudEventValue.Integer),
        Bytes.Select(b => CloudEventValue.Binary(b)),
        Gen.Elements("urn:a:b", "https://x/y?z=%20").Select(CloudEventValue.Uri),
        Gen.Elements("/a/b", "c", "?d", "").Select(CloudEventValue.UriReference),
        Instant.Select(t => CloudEventValue.FromCanonical(CloudEventType.Timestamp, t)));

    private static readonly Gen<CloudEventAttribute[]> Extensions =
        from names in Gen.Elements("ext", "sequence", "traceparent", "a", "1", "averylongextensionattributename").ArrayOf()
        from values in Value.ArrayOf(names.Length)
        select names.Zip(values, (name, value) => new CloudEventAttribute(name, value)).DistinctBy(a => a.Name).ToArray();

    // Content type, kind, bytes: only what a reader can yield.
    private static readonly Gen<(string? Type, CloudEventDataKind Kind, byte[] Data)> Data = Gen.OneOf(
        Gen.Constant(((string?)null, CloudEventDataKind.None, Array.Empty<byte>())),
        from type in Gen.Elements(null, "application/octet-stream", "text/plain", "application/json", "text/plain; charset=iso-8859-1")
        from bytes in Bytes
        where bytes.Length > 0
        select ((string?)type, CloudEventDataKind.Bytes, bytes),
        from type in Gen.Elements("application/json", "application/vnd.x+json; charset=utf-8")
        from json in Gen.Elements("{\"a\" : [1.50, \"\\u20ac€\"]}", "\"text\"", "null", "0", "[]")
        select ((string?)type, CloudEventDataKind.Bytes, Encoding.UTF8.GetBytes(json)),
        from type in Gen.Elements("text/plain", "application/xml")
        from text in SomeText
        select ((string?)type, CloudEventDataKind.Bytes, Encoding.UTF8.GetBytes(text)));

    internal static Arbitrary<CloudEvent> Arbitrary { get; } = (
        from id in SomeText
        from source in Gen.Elements("/s", "https://example.com/a?b=c", "urn:x:y", "1-555")
        from type in SomeText
        from subject in Gen.OneOf(Gen.Constant<string?>(null), SomeText.Select(s => (string?)s))
        from time in Gen.OneOf(Gen.Constant<string?>(null), Instant.Select(t => (string?)t))
        from schema in Gen.Elements(null, "urn:schema:1")
        from data in Data
        from extensions in Extensions
        select Make(id, source, type, subject, time, schema, data, extensions)).ToArbitrary();

    private static CloudEvent Make(
        string id, string source, string type, string? subject, string? time, string? schema,
        (string? Type, CloudEventDataKind Kind, byte[] Data) data, CloudEventAttribute[] extensions)
    {
        var builder = new CloudEventBuilder().Set("specversion", "1.0").Set("id", id).Set("source", source).Set("type", type).SetData(data.Kind, data.Data);
        foreach (var (name, value) in new[] { ("subject", subject), ("time", time), ("dataschema", schema), ("datacontenttype", data.Type) })
        {
            if (value is not null) builder.Set(name, value);
        }
        foreach (var (name, value) in extensions) builder.Set(name, value);
        return builder.Build();
    }
}
