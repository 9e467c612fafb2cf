using Kip.CloudEvents.Syntax;

namespace Kip.CloudEvents;

/// <summary>One event: its context attributes and its data. Immutable; made by <see cref="CloudEventBuilder"/> and the readers.</summary>
/// <remarks>
/// The data is the memory it was read from, not a copy: whoever keeps an event longer than the buffer it was read from calls
/// <see cref="Detach"/>.
/// </remarks>
public sealed class CloudEvent
{
    private readonly CloudEventAttribute[] _extensions;

    internal CloudEvent(CloudEventSpecVersion version, string id, string source, string type, CloudEventAttribute[] extensions) =>
        (SpecVersion, Id, Source, Type, _extensions) = (version, id, source, type, extensions);

    public CloudEventSpecVersion SpecVersion { get; }

    public string Id { get; }

    public string Source { get; }

    public string Type { get; }

    /// <value>The media type of the data, as it was written; null when unset.</value>
    public string? DataContentType { get; internal init; }

    /// <value><c>dataschema</c>, or <c>schemaurl</c> of a 0.3 event; null when unset.</value>
    public string? DataSchema { get; internal init; }

    public string? Subject { get; internal init; }

    /// <value>RFC 3339 text with the offset and precision of its sender; null when unset.</value>
    public string? Time { get; internal init; }

    /// <value>What is known about the data; <see cref="CloudEventDataKind.None"/> when there is none.</value>
    public CloudEventDataKind DataKind { get; internal init; }

    /// <value>The data's bytes; empty when there is none.</value>
    public ReadOnlyMemory<byte> Data { get; internal init; }

    /// <value>The extension attributes, in the order they came in.</value>
    public ReadOnlySpan<CloudEventAttribute> Extensions => _extensions;

    /// <summary>The wire text of <see cref="SpecVersion"/>.</summary>
    public string SpecVersionText => SpecVersion == CloudEventSpecVersion.V1 ? "1.0" : "0.3";

    /// <summary>
    /// Every attribute that is set: the required ones, the optional ones, then the extensions. Enumerating does not allocate.
    /// </summary>
    public CloudEventAttributes Attributes => new(this);

    /// <summary>When it happened, if the event says so.</summary>
    public bool TryGetTime(out DateTimeOffset time)
    {
        time = default;
        return Time is not null && Rfc3339.TryParse(Time, out time);
    }

    /// <summary>An attribute's value by its lower-case name; extensions included, unset ones are not found.</summary>
    public bool TryGetAttribute(string name, out CloudEventValue value)
    {
        switch (name)
        {
            case AttributeNames.Id:
                value = CloudEventValue.String(Id);
                return true;
            case AttributeNames.Source:
                value = CloudEventValue.UriReference(Source);
                return true;
            case AttributeNames.Type:
                value = CloudEventValue.String(Type);
                return true;
            case AttributeNames.SpecVersion:
                value = CloudEventValue.String(SpecVersionText);
                return true;
            case AttributeNames.Subject:
                return Found(CloudEventType.String, Subject, out value);
            case AttributeNames.DataContentType:
                return Found(CloudEventType.String, DataContentType, out value);
            case AttributeNames.Time:
                return Found(CloudEventType.Timestamp, Time, out value);
            case AttributeNames.DataSchema when SpecVersion == CloudEventSpecVersion.V1:
                return Found(CloudEventType.Uri, DataSchema, out value);
            case AttributeNames.SchemaUrl when SpecVersion == CloudEventSpecVersion.V03:
                return Found(CloudEventType.UriReference, DataSchema, out value);
            default:
                return TryGetExtension(name, out value);
        }
    }

    /// <summary>An extension attribute's value by its lower-case name.</summary>
    public bool TryGetExtension(string name, out CloudEventValue value)
    {
        foreach (ref readonly var extension in Extensions)
        {
            if (extension.Name == name)
            {
                value = extension.Value;
                return true;
            }
        }
        value = default;
        return false;
    }

    /// <summary>The event with an extension set, replacing the value it had.</summary>
    /// <param name="name">A valid extension name, in lower case; it is not checked.</param>
    public CloudEvent WithExtension(string name, CloudEventValue value)
    {
        var at = Array.FindIndex(_extensions, e => e.Name == name);
        CloudEventAttribute[] changed = at < 0 ? [.. _extensions, default] : [.. _extensions];
        changed[at < 0 ? ^1 : at] = new(name, value);
        return With(changed, DataKind, Data);
    }

    /// <summary>The event without an extension; the same event when it has none of that name.</summary>
    public CloudEvent WithoutExtension(string name)
    {
        var at = Array.FindIndex(_extensions, e => e.Name == name);
        return at < 0 ? this : With([.. _extensions[..at], .. _extensions[(at + 1)..]], DataKind, Data);
    }

    /// <summary>The event with a copy of its data, independent of the buffer that it was read from.</summary>
    public CloudEvent Detach() => Data.IsEmpty ? this : With(_extensions, DataKind, Data.ToArray());

    private CloudEvent With(CloudEventAttribute[] extensions, CloudEventDataKind kind, ReadOnlyMemory<byte> data) =>
        new(SpecVersion, Id, Source, Type, extensions)
        {
            DataContentType = DataContentType,
            DataSchema = DataSchema,
            Subject = Subject,
            Time = Time,
            DataKind = kind,
            Data = data,
        };

    private static bool Found(CloudEventType type, string? text, out CloudEventValue value)
    {
        value = text is null ? default : CloudEventValue.FromCanonical(type, text);
        return text is not null;
    }
}
