namespace Kip.CloudEvents;

/// <summary>What is known about an event's data beyond its content type; it decides how the data is written in another format.</summary>
public enum CloudEventDataKind
{
    /// <summary>The event has no data.</summary>
    None,

    /// <summary>Bytes as they came: the body in binary mode, or what was base64.</summary>
    Bytes,

    /// <summary>The text of one JSON value. Without a <c>datacontenttype</c> it counts as <c>application/json</c>.</summary>
    Json,

    /// <summary>UTF-8 text that came as text.</summary>
    Text,

    /// <summary>A serialized <c>google.protobuf.Any</c>. In other formats its value travels, without the type's name.</summary>
    ProtobufAny,
}
