namespace Kip.CloudEvents;

/// <summary>The types that an attribute's value can have.</summary>
public enum CloudEventType
{
    /// <summary>Text; also every extension that came without its type, as in HTTP headers.</summary>
    String,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>A whole number of 32 bits.</summary>
    Integer,

    /// <summary>Bytes; as text they are base64.</summary>
    Binary,

    /// <summary>An absolute URI.</summary>
    Uri,

    /// <summary>A URI or a relative reference.</summary>
    UriReference,

    /// <summary>An instant with the offset and precision that its sender wrote.</summary>
    Timestamp,
}
