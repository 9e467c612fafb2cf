namespace Kip.CloudEvents;

/// <summary>How closely what comes in is held to the specification.</summary>
public enum CloudEventStrictness
{
    /// <summary>Every MUST of CloudEvents 1.0.</summary>
    Specification,

    /// <summary>
    /// What Knative's receivers let pass is let pass: URIs with unusual characters or a fragment, control characters in text, empty optional
    /// attributes (taken as unset), a <c>ce-datacontenttype</c> header (ignored), JSON member names in upper case (lower-cased).
    /// </summary>
    Upstream,
}
