using System.Globalization;
using Kip.CloudEvents.Syntax;

namespace Kip.CloudEvents;

/// <summary>An attribute's value with its type. Everything but booleans and integers is kept as the canonical text it came as.</summary>
/// <remarks>Two values are equal when type and text are; <see cref="ToString"/> compares them across types.</remarks>
public readonly struct CloudEventValue : IEquatable<CloudEventValue>
{
    private readonly string? _text;
    private readonly int _number;

    private CloudEventValue(CloudEventType type, string? text, int number) => (Type, _text, _number) = (type, text, number);

    /// <summary>The value's type.</summary>
    public CloudEventType Type { get; }

    public static CloudEventValue Boolean(bool value) => new(CloudEventType.Boolean, null, value ? 1 : 0);

    public static CloudEventValue Integer(int value) => new(CloudEventType.Integer, null, value);

    public static CloudEventValue String(string value) => new(CloudEventType.String, value, 0);

    /// <summary>Bytes, kept as base64.</summary>
    public static CloudEventValue Binary(ReadOnlySpan<byte> value) => new(CloudEventType.Binary, Convert.ToBase64String(value), 0);

    public static CloudEventValue Uri(string value) => new(CloudEventType.Uri, value, 0);

    public static CloudEventValue UriReference(string value) => new(CloudEventType.UriReference, value, 0);

    /// <summary>An instant in RFC 3339's form; the offset is kept.</summary>
    public static CloudEventValue Timestamp(DateTimeOffset value) => new(CloudEventType.Timestamp, Rfc3339.Format(value), 0);

    /// <summary>A value of the given type from its canonical text, unchecked: for text that has been checked before.</summary>
    public static CloudEventValue FromCanonical(CloudEventType type, string text) => type switch
    {
        CloudEventType.Boolean => Boolean(text == "true"),
        CloudEventType.Integer => Integer(int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)),
        _ => new CloudEventValue(type, text, 0),
    };

    /// <summary>The canonical text, without allocating: <paramref name="scratch"/> (11 characters or more) may hold it.</summary>
    public ReadOnlySpan<char> AsSpan(Span<char> scratch)
    {
        switch (Type)
        {
            case CloudEventType.Boolean:
                return _number != 0 ? "true" : "false";
            case CloudEventType.Integer:
                _number.TryFormat(scratch, out var written, default, CultureInfo.InvariantCulture);
                return scratch[..written];
            default:
                return _text;
        }
    }

    /// <summary>Reads an Integer, or its canonical text.</summary>
    public bool TryGetInteger(out int value)
    {
        value = _number;
        return Type == CloudEventType.Integer || (Type == CloudEventType.String && CanonicalText.TryParseInteger(_text, out value));
    }

    /// <summary>Reads a Boolean, or its canonical text.</summary>
    public bool TryGetBoolean(out bool value)
    {
        value = Type == CloudEventType.Boolean ? _number != 0 : _text == "true";
        return Type == CloudEventType.Boolean || (Type == CloudEventType.String && _text is "true" or "false");
    }

    /// <summary>Reads a Timestamp, or its canonical text.</summary>
    public bool TryGetTimestamp(out DateTimeOffset value)
    {
        value = default;
        return Type is CloudEventType.Timestamp or CloudEventType.String && Rfc3339.TryParse(_text, out value);
    }

    /// <summary>Reads a Binary value, or its canonical text; null when it is neither.</summary>
    public byte[]? TryGetBinary() =>
        Type is CloudEventType.Binary or CloudEventType.String && CanonicalText.TryParseBase64(_text, out var bytes) ? bytes : null;

    /// <summary>The canonical text.</summary>
    public override string ToString() => Type switch
    {
        CloudEventType.Boolean => _number != 0 ? "true" : "false",
        CloudEventType.Integer => _number.ToString(CultureInfo.InvariantCulture),
        _ => _text ?? "",
    };

    public bool Equals(CloudEventValue other) => Type == other.Type && _number == other._number && _text == other._text;

    public override bool Equals(object? obj) => obj is CloudEventValue other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Type, _number, _text);

    public static bool operator ==(CloudEventValue left, CloudEventValue right) => left.Equals(right);

    public static bool operator !=(CloudEventValue left, CloudEventValue right) => !left.Equals(right);
}
