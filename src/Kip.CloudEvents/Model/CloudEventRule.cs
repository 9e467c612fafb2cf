namespace Kip.CloudEvents;

/// <summary>The rules of CloudEvents 1.0 that an event can break. A <see cref="CloudEventError"/> names one of them.</summary>
public enum CloudEventRule
{
    /// <summary><c>id</c>, <c>source</c>, <c>specversion</c> and <c>type</c> must be there and not be empty.</summary>
    RequiredAttribute,

    /// <summary><c>specversion</c> is <c>1.0</c> or <c>0.3</c>.</summary>
    SpecVersion,

    /// <summary>Attribute names are one or more of a-z and 0-9, and not <c>data</c>.</summary>
    AttributeName,

    /// <summary>Each attribute occurs at most once.</summary>
    AttributeOnce,

    /// <summary><c>subject</c>, <c>dataschema</c> and <c>datacontenttype</c> are not empty when they are there.</summary>
    NotEmpty,

    /// <summary>A value is of one of the seven attribute types, and of the type that its attribute has.</summary>
    AttributeType,

    /// <summary>Integers are whole numbers from -2147483648 to 2147483647.</summary>
    IntegerRange,

    /// <summary>Text has no control characters, noncharacters or unpaired surrogates.</summary>
    Text,

    /// <summary>A URI-reference is written as RFC 3986 section 4.1 says.</summary>
    UriReference,

    /// <summary>A URI is absolute, as RFC 3986 section 4.3 says.</summary>
    Uri,

    /// <summary>A timestamp is written as RFC 3339 says.</summary>
    Timestamp,

    /// <summary>Binary values are base64 with padding (RFC 4648).</summary>
    Base64,

    /// <summary><c>datacontenttype</c> is a media type (RFC 2046).</summary>
    MediaType,

    /// <summary>The content type travels as Content-Type, never as the header <c>ce-datacontenttype</c>.</summary>
    ContentTypeHeader,

    /// <summary>Percent-encoded header values are UTF-8.</summary>
    HeaderEncoding,

    /// <summary><c>data</c> and <c>data_base64</c> exclude each other, and each has the form its content type asks for.</summary>
    Data,

    /// <summary>The body is well formed in the format that its content type names.</summary>
    Format,

    /// <summary>The format is one that this receiver reads.</summary>
    UnsupportedFormat,

    /// <summary>All events of a batch have the same <c>specversion</c>.</summary>
    Batch,

    /// <summary>An event, or a batch, is within the receiver's limits.</summary>
    Limit,

    /// <summary>A documented extension is used as its document says.</summary>
    Extension,
}
