using Microsoft.AspNetCore.Http;

namespace Kip.Traffic.Http;

/// <summary>The value of the attribute <c>kn.route.tag</c>, as Knative's queue-proxy derives it from the headers of tag routing.</summary>
internal static class RouteTag
{
    public const string Header = "Knative-Serving-Tag";
    public const string DefaultRouteHeader = "Knative-Serving-Default-Route";

    /// <summary>Where the headers name neither a tag nor its default.</summary>
    public const string None = "kn:disabled";

    // A tag is a DNS label; anything longer was never one.
    private const int MaxLength = 63;

    public static string Of(IHeaderDictionary headers)
    {
        var (tag, byDefault) = (headers[Header].ToString(), headers[DefaultRouteHeader].ToString());
        if (tag.Length == 0) return byDefault.Length == 0 ? None : "kn:default";
        return byDefault == "true" || tag.Length > MaxLength ? "kn:undefined" : tag;
    }
}
