namespace Kip.ApiServer.Schema;

/// <summary>What a field of a resource holds, as far as the API has to know.</summary>
public enum SchemaType
{
    /// <summary>Named fields; others are unknown.</summary>
    Object,

    /// <summary>Any JSON, kept as it was written.</summary>
    Any,

    /// <summary>Any keys, one type of value.</summary>
    Map,
    Array,
    String,
    Int32,
    Int64,
    Boolean,

    /// <summary>A number that need not be whole.</summary>
    Number,
    IntOrString,

    /// <summary>Text such as <c>500m</c>; a bare number is taken and kept as text.</summary>
    Quantity,

    /// <summary>RFC 3339 text.</summary>
    Time,

    /// <summary>Base64 text.</summary>
    Bytes,
}
