using System.Buffers;
using System.Text.Json;
using Kip.CloudEvents.Syntax;

namespace Kip.CloudEvents.Formats.Json;

/// <summary>Reads events from JSON objects. JSON data stays the piece of the body that it is.</summary>
internal sealed class JsonEventReader(ReadOnlyMemory<byte> body, CloudEventStrictness strictness)
{
    private readonly CloudEventBuilder _builder = new(strictness);

    // Where "data" was, and what token it began with: how it is understood depends on the content type, which may come after it.
    private ReadOnlyMemory<byte> _data;
    private JsonTokenType _dataToken;
    private ReadOnlyMemory<byte> _base64;
    private JsonTokenType _base64Token;

    /// <summary>Reads the object that the reader stands at.</summary>
    internal bool TryRead(
        ref Utf8JsonReader reader, [NotNullWhen(true)] out CloudEvent? read, [NotNullWhen(false)] out CloudEventError? error)
    {
        read = null;
        _builder.Clear();
        (_dataToken, _base64Token) = (JsonTokenType.None, JsonTokenType.None);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            error = new(CloudEventRule.Format, null, "an event is a JSON object");
            return false;
        }
        while (_builder.Error is null && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            Member(ref reader);
        }
        if (_builder.Error is null) Data();
        return _builder.TryBuild(out read, out error);
    }

    private void Member(ref Utf8JsonReader reader)
    {
        var name = Name(ref reader);
        reader.Read();
        switch (name)
        {
            case "data":
                Keep(name, ref reader, ref _data, ref _dataToken);
                return;
            case "data_base64":
                Keep(name, ref reader, ref _base64, ref _base64Token);
                return;
            case null:
                _builder.Fail(CloudEventRule.AttributeName, null, "a member's name is not well-formed text");
                return;
        }
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                // Unset; the name must be one nevertheless.
                if (!CanonicalText.IsAttributeName(name)) _builder.Set(name, "");
                return;
            case JsonTokenType.True or JsonTokenType.False:
                _builder.Set(name, CloudEventValue.Boolean(reader.TokenType == JsonTokenType.True));
                return;
            case JsonTokenType.Number:
                Integer(name, ref reader);
                return;
            case JsonTokenType.String:
                if (Text(ref reader) is { } text) _builder.Set(name, text);
                else _builder.Fail(CloudEventRule.Text, name, $"attribute \"{name}\" holds an unpaired surrogate");
                return;
            default:
                _builder.Fail(CloudEventRule.AttributeType, name, $"attribute \"{name}\" is an object or an array; attributes are single values");
                return;
        }
    }

    private string? Name(ref Utf8JsonReader reader)
    {
        Span<char> characters = stackalloc char[64];
        if (reader.ValueIsEscaped || reader.ValueSpan.Length > characters.Length) return Lower(Text(ref reader));
        var length = System.Text.Encoding.UTF8.GetChars(reader.ValueSpan, characters);
        var name = characters[..length];
        if (name is "data") return "data";
        if (name is "data_base64") return "data_base64";
        return CanonicalText.IsAttributeName(name) ? AttributeNames.Share(name) : Lower(name.ToString());
    }

    // Knative's receivers take names in any case.
    private string? Lower(string? name) => strictness == CloudEventStrictness.Upstream ? name?.ToLowerInvariant() : name;

    private void Integer(string name, ref Utf8JsonReader reader)
    {
        var digits = reader.ValueSpan;
        if (digits.ContainsAny(".eE"u8))
            _builder.Fail(CloudEventRule.AttributeType, name, $"attribute \"{name}\" is a number with a fraction or an exponent; numbers are integers");
        else if (reader.TryGetInt32(out var number)) _builder.Set(name, CloudEventValue.Integer(number));
        else _builder.Fail(CloudEventRule.IntegerRange, name, $"attribute \"{name}\" is not within -2147483648 and 2147483647");
    }

    private void Keep(string name, ref Utf8JsonReader reader, ref ReadOnlyMemory<byte> kept, ref JsonTokenType token)
    {
        if (token != JsonTokenType.None)
        {
            _builder.Fail(CloudEventRule.AttributeOnce, name, $"member \"{name}\" occurs twice");
            return;
        }
        token = reader.TokenType;
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        kept = body[start..(int)reader.BytesConsumed];
    }

    private void Data()
    {
        if (_base64Token == JsonTokenType.Null) _base64Token = JsonTokenType.None;
        if (_base64Token != JsonTokenType.None && _dataToken != JsonTokenType.None)
            _builder.Fail(CloudEventRule.Data, "data_base64", "\"data\" and \"data_base64\" exclude each other");
        else if (_base64Token != JsonTokenType.None) Base64("data_base64", _base64, _base64Token);
        else if (_dataToken != JsonTokenType.None) Value();
    }

    private void Value()
    {
        if (IsBase64In03())
        {
            _builder.Drop(AttributeNames.DataContentEncoding);
            Base64("data", _data, _dataToken);
        }
        else if (_builder.ContentType is not { } contentType || MediaType.IsJson(contentType))
        {
            _builder.SetData(CloudEventDataKind.Json, _data);
        }
        else if (_dataToken == JsonTokenType.Null)
        {
            // What is not JSON has no null; the member counts as left out.
            _builder.SetData(CloudEventDataKind.None, default);
        }
        else if (_dataToken != JsonTokenType.String)
        {
            _builder.Fail(CloudEventRule.Data, "data", $"\"data\" must be a string, since datacontenttype is not a JSON type");
        }
        else if (Unescape(_data) is { } text) _builder.SetData(CloudEventDataKind.Text, text);
        else _builder.Fail(CloudEventRule.Text, "data", "\"data\" holds an unpaired surrogate");
    }

    // Version 0.3 marks base64 text in "data" by an attribute. The bytes are what the event carries, so the mark goes with the text.
    private bool IsBase64In03() => _builder.Version == "0.3"
        && _builder.TextOf(AttributeNames.DataContentEncoding) is { } encoding && encoding.Equals("base64", StringComparison.OrdinalIgnoreCase);

    private void Base64(string member, ReadOnlyMemory<byte> value, JsonTokenType token)
    {
        if (token != JsonTokenType.String || Unescape(value) is not { } text)
        {
            _builder.Fail(CloudEventRule.Data, member, $"\"{member}\" must be a string of base64");
            return;
        }
        var bytes = new byte[System.Buffers.Text.Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        var status = text.Span.ContainsAny(" \t\r\n"u8)
            ? OperationStatus.InvalidData
            : System.Buffers.Text.Base64.DecodeFromUtf8(text.Span, bytes, out _, out _);
        if (status != OperationStatus.Done)
        {
            _builder.Fail(CloudEventRule.Base64, member, $"\"{member}\" is not base64 with padding (RFC 4648)");
            return;
        }
        var padding = text.Span.EndsWith("=="u8) ? 2 : text.Span.EndsWith("="u8) ? 1 : 0;
        _builder.SetData(CloudEventDataKind.Bytes, bytes.AsMemory(0, bytes.Length - padding));
    }

    // The bytes of a JSON string: a piece of the body when nothing in it is escaped.
    private static ReadOnlyMemory<byte>? Unescape(ReadOnlyMemory<byte> quoted)
    {
        if (!quoted.Span.Contains((byte)'\\')) return quoted[1..^1];
        var reader = new Utf8JsonReader(quoted.Span);
        reader.Read();
        var text = new byte[quoted.Length];
        try
        {
            return text.AsMemory(0, reader.CopyString(text));
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    // The reader throws for escaped surrogates without a pair, which are well-formed JSON and no text.
    private static string? Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
