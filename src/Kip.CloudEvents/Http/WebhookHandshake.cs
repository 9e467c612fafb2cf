using System.Globalization;
using Kip.CloudEvents.Syntax;

namespace Kip.CloudEvents.Http;

/// <summary>The abuse protection of "HTTP 1.1 Web Hooks for Event Delivery", section 4: both sides' decisions as functions.</summary>
public static class WebhookHandshake
{
    public const string RequestOrigin = "WebHook-Request-Origin";
    public const string RequestCallback = "WebHook-Request-Callback";
    public const string RequestRate = "WebHook-Request-Rate";
    public const string AllowedOrigin = "WebHook-Allowed-Origin";
    public const string AllowedRate = "WebHook-Allowed-Rate";

    /// <summary>A target's answer to an OPTIONS request.</summary>
    /// <param name="origin">The value of WebHook-Request-Origin; required.</param>
    /// <param name="callback">The value of WebHook-Request-Callback, where consent may be given later; null when absent.</param>
    /// <param name="rate">The value of WebHook-Request-Rate, requests per minute; null when absent.</param>
    public static WebhookAnswer Answer(string? origin, string? callback, string? rate, WebhookPolicy policy)
    {
        if (!IsDnsName(origin)) return Malformed($"{RequestOrigin} is required: the DNS name of the sending system");
        if (callback is not null && !IsHttps(callback)) return Malformed($"{RequestCallback} must be an https URL");
        var requested = 0;
        if (rate is not null && !TryParseRate(rate, out requested))
            return Malformed($"{RequestRate} must be a positive whole number of requests per minute");

        var welcome = policy.Origins.Contains("*") || policy.Origins.Contains(origin, StringComparer.OrdinalIgnoreCase);
        if (!welcome) return new(200, null, null);
        var granted = (policy.MaxRate, rate) switch
        {
            (null, null) => "*",
            (null, _) => Text(requested),
            ({ } max, null) => Text(max),
            ({ } max, _) => Text(Math.Min(max, requested)),
        };
        return new(200, origin, granted);
    }

    /// <summary>Whether a target's answer permits the sender to deliver, and how fast.</summary>
    /// <param name="origin">What was sent as WebHook-Request-Origin.</param>
    /// <param name="rateRequested">Whether WebHook-Request-Rate was sent; the answer must then name a rate.</param>
    /// <param name="allowedOrigin">The answer's WebHook-Allowed-Origin; null when absent.</param>
    /// <param name="allowedRate">The answer's WebHook-Allowed-Rate; null when absent.</param>
    /// <param name="perMinute">The rate that is granted; null means any.</param>
    public static bool IsGranted(string origin, bool rateRequested, string? allowedOrigin, string? allowedRate, out int? perMinute)
    {
        perMinute = null;
        if (allowedOrigin != "*" && !string.Equals(allowedOrigin, origin, StringComparison.OrdinalIgnoreCase)) return false;
        if (allowedRate is null) return !rateRequested;
        if (allowedRate == "*") return true;
        if (!TryParseRate(allowedRate, out var granted)) return false;
        perMinute = granted;
        return true;
    }

    private static WebhookAnswer Malformed(string error) => new(400, null, null, error);

    private static bool TryParseRate(string text, out int rate) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out rate) && rate > 0;

    private static bool IsHttps(string url) => url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) && UriSyntax.IsReference(url);

    private static bool IsDnsName([NotNullWhen(true)] string? name) =>
        name is { Length: > 0 and <= 253 } && name.Split('.').All(label =>
            label is { Length: > 0 and <= 63 } && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            && label[0] != '-' && label[^1] != '-');

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
