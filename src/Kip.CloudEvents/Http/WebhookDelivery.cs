using Kip.CloudEvents.Syntax;

namespace Kip.CloudEvents.Http;

/// <summary>The rules of a delivery by web hook ("HTTP 1.1 Web Hooks for Event Delivery", sections 2 and 3).</summary>
public static class WebhookDelivery
{
    /// <summary>Why a request is not a delivery by web hook; null when it is one.</summary>
    /// <param name="url">The target.</param>
    /// <param name="method">The HTTP method.</param>
    /// <param name="contentType">The Content-Type; null when absent.</param>
    /// <param name="bodyLength">The length of the body.</param>
    public static string? Check(string url, string method, string? contentType, long bodyLength)
    {
        if (!url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || !UriSyntax.IsReference(url)) return "the target must be an https URL";
        if (method != "POST") return "the method must be POST";
        if (bodyLength == 0) return "a delivery has a body";
        return contentType is not null && MediaType.IsValid(contentType) ? null : "a delivery has a Content-Type";
    }

    /// <summary>What the status of an answer means.</summary>
    public static WebhookOutcome Interpret(int status) => status switch
    {
        202 => WebhookOutcome.Accepted,
        >= 200 and <= 299 => WebhookOutcome.Processed,
        >= 300 and <= 399 => WebhookOutcome.Redirected,
        410 => WebhookOutcome.Retired,
        415 => WebhookOutcome.NotUnderstood,
        429 => WebhookOutcome.Throttled,
        _ => WebhookOutcome.Failed,
    };

    /// <summary>
    /// The bearer token of a delivery: from <c>Authorization: Bearer …</c>, or from the query parameter <c>access_token</c>.
    /// </summary>
    /// <param name="authorization">The header's value; null when absent.</param>
    /// <param name="query">The URL's query, with or without its question mark.</param>
    public static string? TokenOf(string? authorization, string query)
    {
        if (authorization is not null && authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return authorization[7..].Trim();
        foreach (var parameter in query.TrimStart('?').Split('&'))
        {
            if (parameter.StartsWith("access_token=", StringComparison.Ordinal)) return Uri.UnescapeDataString(parameter["access_token=".Length..]);
        }
        return null;
    }
}
