using Kip.Traffic.Routing;
using Microsoft.AspNetCore.Http;

namespace Kip.Traffic.Http;

/// <summary>Sends plain HTTP to HTTPS, for hosts that say <c>httpOption: Redirected</c>. Certificate challenges stay on HTTP.</summary>
internal static class HttpsRedirect
{
    /// <summary>Whether a request came without encryption, as far as the proxies before say.</summary>
    public static bool Applies(HttpRequest request) =>
        !request.IsHttps && request.Headers["X-Forwarded-Proto"] != "https" && !request.Path.StartsWithSegments("/.well-known/acme-challenge");

    /// <param name="port">Where HTTPS is; null for the usual port.</param>
    public static Task WriteAsync(HttpRequest request, HttpResponse response, int? port)
    {
        var host = HostName.WithoutPort(request.Headers.Host.ToString());
        response.StatusCode = StatusCodes.Status301MovedPermanently;
        var authority = port is null or 443 ? host : $"{host}:{port}";
        response.Headers.Location = $"https://{authority}{request.PathBase.ToUriComponent()}{request.Path.ToUriComponent()}{request.QueryString}";
        return Task.CompletedTask;
    }
}
