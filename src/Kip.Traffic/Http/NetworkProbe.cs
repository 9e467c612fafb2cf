using System.Net;
using Kip.Traffic.Routing;
using Microsoft.AspNetCore.Http;

namespace Kip.Traffic.Http;

/// <summary>Knative's probes of the network: whether the gateway serves a host, and with which configuration.</summary>
internal static class NetworkProbe
{
    /// <summary>What to answer: a status, a body, and a hash to send back.</summary>
    public readonly record struct Answer(int Status, string Body = "", string? Hash = null);

    /// <summary>Whether the request is a probe, and its answer.</summary>
    /// <param name="routes">Whose version it may ask for.</param>
    public static bool Answers(HttpRequest request, HostRoutes routes, out Answer answer)
    {
        answer = default;
        if (!request.Headers.TryGetValue(InternalHeaders.NetworkProbe, out var values) || values.ToString() is not { Length: > 0 } probe) return false;
        var hash = request.Headers[InternalHeaders.NetworkHash].ToString();
        answer = (probe, hash) switch
        {
            ("probe", "") => new(400, $"a probe request must contain a non-empty \"{InternalHeaders.NetworkHash}\" header"),
            ("probe", "override") => new(200, Hash: routes.Hash),
            ("probe", _) => new(200, Hash: hash),
            ("activator", _) => new(200, "activator"),
            _ => new(400, $"unexpected probe header value: \"{WebUtility.HtmlEncode(probe)}\""),
        };
        return true;
    }

    public static Task WriteAsync(HttpResponse response, Answer answer)
    {
        if (answer.Hash is not null) response.Headers[InternalHeaders.NetworkHash] = answer.Hash;
        response.StatusCode = answer.Status;
        return answer.Body.Length == 0 ? Task.CompletedTask : response.WriteAsync(answer.Body);
    }
}
