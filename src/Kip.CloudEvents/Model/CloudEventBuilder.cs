using Kip.CloudEvents.Syntax;

namespace Kip.CloudEvents;

/// <summary>
/// Collects the parts of one event, checks each, and makes the event. May be used again after that; not by two threads at once.
/// </summary>
/// <remarks>The first thing that is wrong is kept as <see cref="Error"/>, and what is set afterwards is ignored.</remarks>
public sealed class CloudEventBuilder(CloudEventStrictness strictness = CloudEventStrictness.Specification)
{
    /// <summary>More extensions than any real event has; it bounds what one event can cost.</summary>
    public const int MaxExtensions = 256;

    private CloudEventAttribute[] _extensions = new CloudEventAttribute[8];
    private int _count;
    private string? _version, _id, _source, _type, _contentType, _schema, _subject, _time;
    private CloudEventDataKind _kind;
    private ReadOnlyMemory<byte> _data;

    /// <value>What was wrong first; null so far.</value>
    public CloudEventError? Error { get; private set; }

    internal string? ContentType => _contentType;

    internal string? Version => _version;

    internal bool Upstream => strictness == CloudEventStrictness.Upstream;

    /// <summary>Sets an attribute from text: a core attribute of its own type, or an extension of type String.</summary>
    public CloudEventBuilder Set(string name, string text) => Set(name, CloudEventValue.String(text));

    /// <summary>Sets an attribute.</summary>
    /// <param name="name">In lower case.</param>
    /// <param name="value">For core attributes of their own type or a String with its canonical text; for extensions of any type.</param>
    public CloudEventBuilder Set(string name, CloudEventValue value)
    {
        if (Error is not null) return this;
        switch (name)
        {
            case AttributeNames.Id:
                return SetCore(name, value, CloudEventType.String, ref _id);
            case AttributeNames.Source:
                return SetCore(name, value, CloudEventType.UriReference, ref _source);
            case AttributeNames.SpecVersion:
                return SetCore(name, value, CloudEventType.String, ref _version);
            case AttributeNames.Type:
                return SetCore(name, value, CloudEventType.String, ref _type);
            case AttributeNames.Time:
                return SetCore(name, value, CloudEventType.Timestamp, ref _time);
            case AttributeNames.DataContentType:
                return SetOptional(name, value, CloudEventType.String, ref _contentType);
            case AttributeNames.DataSchema:
                return SetOptional(name, value, CloudEventType.Uri, ref _schema);
            case AttributeNames.Subject:
                return SetOptional(name, value, CloudEventType.String, ref _subject);
            default:
                return SetExtension(name, value);
        }
    }

    /// <summary>Sets the data. The bytes are not copied.</summary>
    public CloudEventBuilder SetData(CloudEventDataKind kind, ReadOnlyMemory<byte> data)
    {
        (_kind, _data) = (kind, kind == CloudEventDataKind.None ? default : data);
        return this;
    }

    /// <summary>Whether an attribute has been set.</summary>
    public bool IsSet(string name) => name switch
    {
        AttributeNames.Id => _id,
        AttributeNames.Source => _source,
        AttributeNames.SpecVersion => _version,
        AttributeNames.Type => _type,
        AttributeNames.Time => _time,
        AttributeNames.DataContentType => _contentType,
        AttributeNames.DataSchema => _schema,
        AttributeNames.Subject => _subject,
        _ => IndexOf(name) >= 0 ? name : null,
    } is not null;

    /// <summary>Makes the event, or says what is wrong. Either way the builder is empty afterwards.</summary>
    public bool TryBuild([NotNullWhen(true)] out CloudEvent? made, [NotNullWhen(false)] out CloudEventError? error)
    {
        error = Error ?? CheckRequired();
        made = error is null ? Make(ref error) : null;
        Clear();
        return error is null;
    }

    /// <summary>Makes the event.</summary>
    /// <exception cref="CloudEventException">Something that was set, or something that was not, breaks a rule.</exception>
    public CloudEvent Build() => TryBuild(out var made, out var error) ? made : throw new CloudEventException(error);

    /// <summary>Forgets all that was set.</summary>
    public void Clear()
    {
        Array.Clear(_extensions, 0, _count);
        _count = 0;
        _version = _id = _source = _type = _contentType = _schema = _subject = _time = null;
        SetData(CloudEventDataKind.None, default);
        Error = null;
    }

    internal CloudEventBuilder Fail(CloudEventRule rule, string? attribute, string message)
    {
        Error ??= new CloudEventError(rule, attribute, message);
        return this;
    }

    internal string? TextOf(string extension) => IndexOf(extension) is >= 0 and var at ? _extensions[at].Value.ToString() : null;

    internal void Drop(string extension)
    {
        var at = IndexOf(extension);
        _extensions.AsSpan((at + 1).._count).CopyTo(_extensions.AsSpan(at));
        _extensions[--_count] = default;
    }

    private CloudEventBuilder SetOptional(string name, CloudEventValue value, CloudEventType type, ref string? field)
    {
        if (value.Type == CloudEventType.String && value.AsSpan(default).IsEmpty)
            return Upstream ? this : Fail(CloudEventRule.NotEmpty, name, $"attribute \"{name}\" is empty; leave it out instead");
        return SetCore(name, value, type, ref field);
    }

    private CloudEventBuilder SetCore(string name, CloudEventValue value, CloudEventType type, ref string? field)
    {
        if (field is not null) return Fail(CloudEventRule.AttributeOnce, name, $"attribute \"{name}\" occurs twice");
        if (value.Type != CloudEventType.String && value.Type != type && !(type == CloudEventType.UriReference && value.Type == CloudEventType.Uri))
            return Fail(CloudEventRule.AttributeType, name, $"attribute \"{name}\" is of type {value.Type}; it must be of type {type}");
        var text = value.ToString();
        // The schema's rule depends on the version, which may come later.
        if (name != AttributeNames.DataSchema && ValueRules.Check(name, type, text, strictness) is { } wrong)
        {
            Error = wrong;
            return this;
        }
        if (name == AttributeNames.DataContentType && !MediaType.IsValid(text))
            return Fail(CloudEventRule.MediaType, name, "attribute \"datacontenttype\" is not a media type (RFC 2046), like application/json");
        field = text;
        return this;
    }

    private CloudEventBuilder SetExtension(string name, CloudEventValue value)
    {
        if (!CanonicalText.IsAttributeName(name) || name == "data")
            return Fail(CloudEventRule.AttributeName, name, $"\"{Shown(name)}\" cannot be an attribute's name: names are a-z and 0-9, and not \"data\"");
        if (IndexOf(name) >= 0) return Fail(CloudEventRule.AttributeOnce, name, $"attribute \"{name}\" occurs twice");
        if (_count == MaxExtensions)
            return Fail(CloudEventRule.Limit, name, $"the event has more than {MaxExtensions} extension attributes");
        if (value.Type is not (CloudEventType.Integer or CloudEventType.Boolean)
            && ValueRules.Check(name, value.Type, value.ToString(), strictness) is { } wrong)
        {
            Error = wrong;
            return this;
        }
        Append(name, value);
        return this;
    }

    private void Append(string name, CloudEventValue value)
    {
        if (_count == _extensions.Length) Array.Resize(ref _extensions, _count * 2);
        _extensions[_count++] = new(name, value);
    }

    private CloudEventError? CheckRequired()
    {
        if (string.IsNullOrEmpty(_version)) return Missing(AttributeNames.SpecVersion);
        if (_version is not ("1.0" or "0.3"))
            return new(CloudEventRule.SpecVersion, AttributeNames.SpecVersion, "attribute \"specversion\" must be 1.0 (0.3 is read, too)");
        if (string.IsNullOrWhiteSpace(_id)) return Missing(AttributeNames.Id);
        if (string.IsNullOrWhiteSpace(_source)) return Missing(AttributeNames.Source);
        return string.IsNullOrWhiteSpace(_type) ? Missing(AttributeNames.Type) : null;
    }

    private static CloudEventError Missing(string name) =>
        new(CloudEventRule.RequiredAttribute, name, $"attribute \"{name}\" is required, and it is missing or empty");

    private CloudEvent? Make(ref CloudEventError? error)
    {
        var version = _version == "1.0" ? CloudEventSpecVersion.V1 : CloudEventSpecVersion.V03;
        error = version == CloudEventSpecVersion.V1
            ? _schema is null ? null : ValueRules.Check(AttributeNames.DataSchema, CloudEventType.Uri, _schema, strictness)
            : TranslateFrom03();
        if (error is not null) return null;
        return new CloudEvent(version, _id!, _source!, _type!, _count == 0 ? [] : _extensions.AsSpan(0, _count).ToArray())
        {
            DataContentType = _contentType,
            DataSchema = _schema,
            Subject = _subject,
            Time = _time,
            DataKind = _kind,
            Data = _data,
        };
    }

    // Version 0.3 calls the schema schemaurl, so there dataschema is an extension's name.
    private CloudEventError? TranslateFrom03()
    {
        var encoding = IndexOf(AttributeNames.DataContentEncoding);
        if (encoding >= 0 && !_extensions[encoding].Value.ToString().Equals("base64", StringComparison.OrdinalIgnoreCase))
            return new(CloudEventRule.Data, AttributeNames.DataContentEncoding, "attribute \"datacontentencoding\" can only be base64");

        var extension = _schema;
        _schema = null;
        if (IndexOf(AttributeNames.SchemaUrl) is >= 0 and var at)
        {
            _schema = _extensions[at].Value.ToString();
            Drop(AttributeNames.SchemaUrl);
            if (ValueRules.Check(AttributeNames.SchemaUrl, CloudEventType.UriReference, _schema, strictness) is { } wrong) return wrong;
        }
        if (extension is not null) Append(AttributeNames.DataSchema, CloudEventValue.String(extension));
        return null;
    }

    private int IndexOf(string name)
    {
        for (var i = 0; i < _count; i++)
        {
            if (_extensions[i].Name == name) return i;
        }
        return -1;
    }

    private static string Shown(string name) => name.Length <= 40 ? name : name[..40] + "…";
}
