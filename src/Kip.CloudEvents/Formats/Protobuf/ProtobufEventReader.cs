using Kip.CloudEvents.Syntax;

namespace Kip.CloudEvents.Formats.Protobuf;

/// <summary>Reads message CloudEvent. Of a field, or a map's key, that occurs twice the last counts, as Protobuf says.</summary>
internal sealed class ProtobufEventReader(CloudEventStrictness strictness)
{
    private readonly CloudEventBuilder _builder = new(strictness);

    internal bool TryRead(
        ReadOnlyMemory<byte> body, [NotNullWhen(true)] out CloudEvent? read, [NotNullWhen(false)] out CloudEventError? error)
    {
        _builder.Clear();
        string? id = null, source = null, version = null, type = null;
        var fields = new ProtobufReader(body);
        while (_builder.Error is null && fields.Next())
        {
            switch (fields.Field)
            {
                case EventFields.Id:
                    id = fields.Text();
                    break;
                case EventFields.Source:
                    source = fields.Text();
                    break;
                case EventFields.SpecVersion:
                    version = fields.Text();
                    break;
                case EventFields.Type:
                    type = fields.Text();
                    break;
                case EventFields.Attributes:
                    Entry(fields.Content());
                    break;
                case EventFields.BinaryData or EventFields.TextData or EventFields.ProtoData:
                    Data(ref fields);
                    break;
            }
        }
        if (fields.Malformed) Malformed();
        SetRequired(AttributeNames.SpecVersion, version);
        SetRequired(AttributeNames.Id, id);
        SetRequired(AttributeNames.Source, source);
        SetRequired(AttributeNames.Type, type);
        return _builder.TryBuild(out read, out error);
    }

    private void SetRequired(string name, string? text)
    {
        if (text is not null) _builder.Set(name, text);
    }

    private void Data(ref ProtobufReader fields)
    {
        var content = fields.Content();
        switch (fields.Field)
        {
            case EventFields.BinaryData:
                _builder.SetData(CloudEventDataKind.Bytes, content);
                break;
            case EventFields.TextData:
                if (System.Text.Unicode.Utf8.IsValid(content.Span)) _builder.SetData(CloudEventDataKind.Text, content);
                else _builder.Fail(CloudEventRule.Text, "data", "text_data is not UTF-8");
                break;
            default:
                if (ProtobufAny.IsValid(content)) _builder.SetData(CloudEventDataKind.ProtobufAny, content);
                else _builder.Fail(CloudEventRule.Data, "data", "proto_data is not a google.protobuf.Any");
                break;
        }
    }

    private void Entry(ReadOnlyMemory<byte> entry)
    {
        string? name = null;
        var value = default(ReadOnlyMemory<byte>);
        var fields = new ProtobufReader(entry);
        while (fields.Next())
        {
            if (fields.Field == EventFields.EntryKey) name = fields.Text();
            else if (fields.Field == EventFields.EntryValue) value = fields.Content();
        }
        if (fields.Malformed)
        {
            Malformed();
            return;
        }
        if (name is null or AttributeNames.Id or AttributeNames.Source or AttributeNames.SpecVersion or AttributeNames.Type)
        {
            _builder.Fail(CloudEventRule.AttributeName, name, $"\"{name}\" cannot be in the map of attributes");
            return;
        }
        Value(AttributeNames.ShareIfValid(name), value);
    }

    private void Value(string name, ReadOnlyMemory<byte> message)
    {
        CloudEventValue? value = null;
        var fields = new ProtobufReader(message);
        while (fields.Next())
        {
            value = fields.Field switch
            {
                EventFields.Boolean => CloudEventValue.Boolean(fields.Whole() != 0),
                EventFields.Integer => CloudEventValue.Integer((int)fields.Whole()),
                EventFields.String => CloudEventValue.String(fields.Text()),
                EventFields.Bytes => CloudEventValue.Binary(fields.Content().Span),
                EventFields.Uri => CloudEventValue.Uri(fields.Text()),
                EventFields.UriReference => CloudEventValue.UriReference(fields.Text()),
                EventFields.Timestamp => Time(name, fields.Content()),
                _ => value,
            };
        }
        // An attribute without a value is unset.
        if (fields.Malformed) Malformed();
        else if (value is { } set && _builder.Error is null) _builder.Set(name, set);
    }

    private CloudEventValue Time(string name, ReadOnlyMemory<byte> message)
    {
        long seconds = 0, nanos = 0;
        var fields = new ProtobufReader(message);
        while (fields.Next())
        {
            if (fields.Field == EventFields.Seconds) seconds = fields.Whole();
            else if (fields.Field == EventFields.Nanos) nanos = fields.Whole();
        }
        // The Timestamp message's own bounds: years 1 to 9999.
        if (fields.Malformed || seconds is < -62135596800 or > 253402300799 || nanos is < 0 or > 999_999_999)
        {
            _builder.Fail(CloudEventRule.Timestamp, name, $"attribute \"{name}\" is not a google.protobuf.Timestamp");
            return default;
        }
        return CloudEventValue.FromCanonical(CloudEventType.Timestamp, Rfc3339.Format(seconds, (int)nanos));
    }

    private void Malformed() => _builder.Fail(CloudEventRule.Format, null, "the body is not a Protobuf CloudEvent");
}
