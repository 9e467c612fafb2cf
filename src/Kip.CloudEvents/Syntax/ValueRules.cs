namespace Kip.CloudEvents.Syntax;

/// <summary>Whether an attribute's text is a value of its type.</summary>
internal static class ValueRules
{
    /// <summary>What is wrong with the text as a value of the type, or null.</summary>
    internal static CloudEventError? Check(string name, CloudEventType type, string text, CloudEventStrictness strictness)
    {
        var upstream = strictness == CloudEventStrictness.Upstream;
        if (upstream ? !CanonicalText.IsWellFormed(text) : !CanonicalText.IsText(text))
            return new(CloudEventRule.Text, name, $"attribute \"{name}\" holds a control character, a noncharacter or an unpaired surrogate");
        return type switch
        {
            CloudEventType.UriReference when !upstream && !UriSyntax.IsReference(text) =>
                new(CloudEventRule.UriReference, name, $"attribute \"{name}\" is not a URI-reference (RFC 3986, section 4.1)"),
            CloudEventType.Uri when !(upstream ? UriSyntax.HasScheme(text) : UriSyntax.IsAbsolute(text)) =>
                new(CloudEventRule.Uri, name, $"attribute \"{name}\" is not an absolute URI (RFC 3986, section 4.3)"),
            CloudEventType.Timestamp when !Rfc3339.TryParse(text, out _) =>
                new(CloudEventRule.Timestamp, name, $"attribute \"{name}\" is not a timestamp as RFC 3339 writes it, like 2026-01-31T23:59:59Z"),
            CloudEventType.Binary when !CanonicalText.TryParseBase64(text, out _) =>
                new(CloudEventRule.Base64, name, $"attribute \"{name}\" is not base64 with padding (RFC 4648)"),
            _ => null,
        };
    }
}
