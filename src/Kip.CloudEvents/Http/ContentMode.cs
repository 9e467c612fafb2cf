namespace Kip.CloudEvents.Http;

/// <summary>How an HTTP message carries events (HTTP binding, section 3).</summary>
public enum ContentMode
{
    /// <summary>Attributes in <c>ce-</c> headers, the data as the body. Only a message with those headers is an event.</summary>
    Binary,

    /// <summary>One event as the body, in the format that the content type names.</summary>
    Structured,

    /// <summary>Zero or more events as the body.</summary>
    Batched,
}
