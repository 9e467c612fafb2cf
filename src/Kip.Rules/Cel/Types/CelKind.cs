namespace Kip.Rules.Cel.Types;

/// <summary>What a type is, but for its parameters.</summary>
internal enum CelKind
{
    Dyn,
    Null,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Timestamp,
    Duration,
    List,
    Map,

    /// <summary>Members with names and types of their own.</summary>
    Object,
    Type,
    Optional,
    Quantity,
    Url,
    Ip,
    Cidr,
    Semver,
    NamedFormat,

    /// <summary>A letter in a function's signature that stands for any type.</summary>
    Variable,
    Error,
}
