using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kip.Resources;

/// <summary>A set of fields in Kubernetes' encoding, e.g. <c>{"f:spec":{"f:replicas":{}}}</c>, kept as its text.</summary>
/// <remarks>Objects of one shape have the same set, so sets of the same text are one instance in memory. Equal by text.</remarks>
[JsonConverter(typeof(FieldsV1Converter))]
public sealed class FieldsV1 : IEquatable<FieldsV1>
{
    // Weak, so that a set goes with the last object that has it; a slot is taken over by whoever hashes to it next.
    private static readonly WeakReference<FieldsV1>?[] Recent = new WeakReference<FieldsV1>?[1024];

    private readonly byte[] _json;
    private readonly int _hash;

    private FieldsV1(byte[] json, int hash) => (_json, _hash) = (json, hash);

    /// <summary>The set as compact UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Json => _json;

    /// <summary>The set with this text, which is taken as it is: compact JSON.</summary>
    public static FieldsV1 Of(ReadOnlySpan<byte> json)
    {
        var hasher = new HashCode();
        hasher.AddBytes(json);
        var hash = hasher.ToHashCode();
        ref var slot = ref Recent[(uint)hash % (uint)Recent.Length];
        if (slot is { } seen && seen.TryGetTarget(out var known) && known._hash == hash && json.SequenceEqual(known._json)) return known;
        var made = new FieldsV1(json.ToArray(), hash);
        slot = new WeakReference<FieldsV1>(made);
        return made;
    }

    public bool Equals([NotNullWhen(true)] FieldsV1? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && _json.AsSpan().SequenceEqual(other._json));

    public override bool Equals(object? obj) => Equals(obj as FieldsV1);

    public override int GetHashCode() => _hash;

    public override string ToString() => Encoding.UTF8.GetString(_json);
}

/// <summary>Reads any JSON value as the text of a set, and writes it back unchanged. Whether it is one shows when it is looked into.</summary>
public sealed class FieldsV1Converter : JsonConverter<FieldsV1>
{
    // As sets are written: whoever reads an object back gets the text that was stored.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override FieldsV1 Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Plain)) document.WriteTo(writer);
        return FieldsV1.Of(buffer.WrittenSpan);
    }

    public override void Write(Utf8JsonWriter writer, FieldsV1 value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Json.Span, skipInputValidation: true);
}
