using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kip.Resources;

/// <summary>JSON that is kept and not interpreted, as UTF-8 bytes without white space: half of what a <see cref="RawJson"/> takes.</summary>
/// <remarks>Equal by its bytes. In the canonical form of <see cref="Canonical"/> that means equal by content.</remarks>
[JsonConverter(typeof(CompactJsonConverter))]
public sealed class CompactJson : IEquatable<CompactJson>
{
    /// <summary>An object without members.</summary>
    public static readonly CompactJson EmptyObject = new("{}"u8.ToArray());

    internal static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly byte[] _utf8;

    private CompactJson(byte[] utf8) => _utf8 = utf8;

    /// <summary>The text.</summary>
    public ReadOnlyMemory<byte> Utf8 => _utf8;

    /// <summary>The value as it was written, without white space.</summary>
    public static CompactJson Of(JsonElement value) => Written(value, static (writer, element) => element.WriteTo(writer));

    /// <summary>The value with the members of its objects in order and its numbers in their shortest form.</summary>
    public static CompactJson Canonical(JsonElement value) => Written(value, CanonicalJson.Write);

    /// <summary>What a function writes: one value.</summary>
    public static CompactJson Written<T>(T state, Action<Utf8JsonWriter, T> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions)) write(writer, state);
        return new(buffer.WrittenSpan.ToArray());
    }

    /// <summary>Parses the text; the caller disposes it.</summary>
    public JsonDocument Parse() => JsonDocument.Parse(_utf8, new() { MaxDepth = WireJson.MaxDepth });

    public bool Equals(CompactJson? other) => other is not null && (ReferenceEquals(this, other) || _utf8.AsSpan().SequenceEqual(other._utf8));

    public override bool Equals(object? obj) => Equals(obj as CompactJson);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_utf8);
        return hash.ToHashCode();
    }

    public override string ToString() => Encoding.UTF8.GetString(_utf8);

    public static bool operator ==(CompactJson? left, CompactJson? right) => left?.Equals(right) ?? right is null;

    public static bool operator !=(CompactJson? left, CompactJson? right) => !(left == right);
}

/// <summary>Reads any JSON value into its compact text and writes it back unchanged.</summary>
public sealed class CompactJsonConverter : JsonConverter<CompactJson>
{
    public override CompactJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return CompactJson.Of(document.RootElement);
    }

    public override void Write(Utf8JsonWriter writer, CompactJson value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
}
