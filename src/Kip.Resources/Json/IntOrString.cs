using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kip.Resources;

/// <summary>A port that is a number or a name, a limit that is a count or a percentage.</summary>
[JsonConverter(typeof(IntOrStringConverter))]
public readonly record struct IntOrString(int Number, string? Text)
{
    public static implicit operator IntOrString(int number) => new(number, null);

    public static implicit operator IntOrString(string text) => new(0, text);

    public override string ToString() => Text ?? Number.ToString();
}

/// <summary>Writes a number as a number and a name as a string, as Kubernetes' int-or-string has it.</summary>
public sealed class IntOrStringConverter : JsonConverter<IntOrString>
{
    public override IntOrString Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetInt32(out var number) => number,
        JsonTokenType.String => reader.GetString()!,
        _ => throw new JsonException("expected an integer or a string"),
    };

    public override void Write(Utf8JsonWriter writer, IntOrString value, JsonSerializerOptions options)
    {
        if (value.Text is null) writer.WriteNumberValue(value.Number);
        else writer.WriteStringValue(value.Text);
    }
}
