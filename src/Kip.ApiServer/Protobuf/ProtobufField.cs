namespace Kip.ApiServer.Protobuf;

/// <summary>What a field of a Kubernetes message holds, and so what it is in JSON.</summary>
internal enum ProtobufType
{
    Text,
    Integer,
    Double,
    Boolean,

    /// <summary>Base64 text in JSON.</summary>
    Bytes,

    /// <summary>An object.</summary>
    Message,

    /// <summary>A message whose fields are the holder's own in JSON, as Go's embedded structs are.</summary>
    Inline,

    /// <summary>A message that stands for a schema or something simpler, whichever of its two fields is set.</summary>
    Either,

    /// <summary>A message that holds nothing but texts: a list of them in JSON.</summary>
    Texts,

    /// <summary>A message of seconds and nanoseconds since 1970: RFC 3339 text in JSON.</summary>
    Time,

    /// <summary>A message that holds the quantity as text.</summary>
    Quantity,
    IntOrString,

    /// <summary>A message that holds JSON.</summary>
    Raw,
}

/// <summary>How often a field's value occurs.</summary>
internal enum ProtobufShape
{
    One,
    Many,

    /// <summary>Entries of a key, which is text, and a value.</summary>
    Map,
}

/// <summary>One field of a message.</summary>
/// <param name="Number">Its number on the wire.</param>
/// <param name="Name">Its name in JSON.</param>
/// <param name="KeepsZero">
/// Zero and false say something: the field is a pointer in Go. The others are always sent, and JSON leaves them out when they are zero.
/// </param>
/// <param name="MessageName">Which message it is, for the types that refer to one: <c>core.PodSpec</c>.</param>
internal sealed record ProtobufField(int Number, string Name, ProtobufType Type, ProtobufShape Shape, bool KeepsZero, string? MessageName);
