using Kip.ApiServer.Http.Bodies;
using Kip.ApiServer.Http.Documents;
using Kip.ApiServer.Http.Subresources;
using Kip.ApiServer.Registry;
using Kip.ApiServer.Security;
using Kip.ApiServer.Security.Reviews;
using Kip.ApiServer.Security.Tokens;
using Kip.Client;
using Kip.Resources;
using Kip.Rules.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kip.ApiServer.Http;

/// <summary>
/// The way of a request: health checks are open to all; everything else passes the gate, then finds a place among those under way,
/// then its document or resource. Every failure leaves as a <see cref="Status"/>.
/// </summary>
internal sealed partial class RequestPipeline(
    ResourceRegistry registry, ResourceRouter router, IReadOnlyDictionary<string, RequestDelegate> extras, AccessGate gate,
    IssuerDocuments issuer, RequestLimits limits, ILogger logger, CancellationToken stopping)
{
    private readonly Discovery _discovery = new(registry.Kinds, router.MeasuredKinds);
    private readonly OpenApiDocuments _openApi = new(registry.Kinds);
    private readonly ReviewAnswers _reviews = new(gate);

    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await HandleAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to answer.
        }
        catch (ApiException failure)
        {
            await FailAsync(http, failure.Status);
        }
        catch (BadHttpRequestException malformed)
        {
            var reason = malformed.StatusCode == 413 ? StatusReason.RequestEntityTooLarge : StatusReason.BadRequest;
            await FailAsync(http, ApiException.Of(malformed.StatusCode, reason, malformed.Message).Status);
        }
        catch (Exception bug) when (!http.RequestAborted.IsCancellationRequested)
        {
            LogFailure(http.Request.Method, http.Request.Path, bug);
            await FailAsync(http, ApiException.Of(500, StatusReason.InternalError, "Internal error occurred: see the server's log").Status);
        }
    }

    /// <summary>Whether a path is one that everybody may read.</summary>
    public static bool IsHealthCheck(string? path) => path is "/healthz" or "/livez" or "/readyz";

    /// <summary>405.</summary>
    public static ApiException MethodNotAllowed() =>
        ApiException.Of(405, StatusReason.MethodNotAllowed, "the server does not allow this method on the requested resource");

    private async Task HandleAsync(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "/";
        if (IsHealthCheck(path))
        {
            await TextAsync(http, 200, "ok");
            return;
        }
        var parsed = ResourcePath.Parse(path);
        var user = gate.Admit(http, parsed);
        var call = router.Find(http, parsed, user, stopping);
        var extra = call is null ? ExtraAt(path) : null;
        var sort = extra is not null ? RequestLimits.Sort.Stream : SortOf(http, call);
        if (!limits.TryEnter(sort, user.Name)) throw TooMany();
        try
        {
            if (call is not null) await router.AnswerAsync(call);
            else if (extra is not null) await extra(http);
            else await DocumentAsync(http, path, parsed, user);
        }
        finally
        {
            limits.Leave(sort, user.Name);
        }
    }

    private RequestDelegate? ExtraAt(string path)
    {
        foreach (var (prefix, answer) in extras)
            if (path.StartsWith(prefix, StringComparison.Ordinal) && (path.Length == prefix.Length || path[prefix.Length] == '/')) return answer;
        return null;
    }

    private async Task DocumentAsync(HttpContext http, string path, ResourcePath? parsed, UserInfo user)
    {
        if (await _discovery.TryAnswerAsync(http, path) || await _openApi.TryAnswerAsync(http, path) || await issuer.TryAnswerAsync(http, path)) return;
        if (path == "/version") await JsonAnswer.WriteAsync(http, 200, VersionDocument.Write);
        else if (HttpMethods.IsPost(http.Request.Method) && parsed is not null && Review.At(parsed) is { } review)
            await _reviews.AnswerAsync(http, review, parsed, user);
        // Not a Status: clients tell an unknown API from a missing object by it.
        else await TextAsync(http, 404, "404 page not found\n");
    }

    private static RequestLimits.Sort SortOf(HttpContext http, ApiCall? call) =>
        call is not null && IsStream(call) ? RequestLimits.Sort.Stream
        : HttpMethods.IsGet(http.Request.Method) ? RequestLimits.Sort.Read
        : RequestLimits.Sort.Write;

    private static bool IsStream(ApiCall call) =>
        ResourceRouter.IsWatch(call) || PodLogsSubresource.Follows(call) || call.Path.Subresource is "exec" or "attach" or "portforward";

    private static ApiException TooMany() => new(new Status
    {
        State = "Failure",
        Code = 429,
        Reason = StatusReason.TooManyRequests,
        Message = "too many requests are under way: try again in a second",
        Details = new() { RetryAfterSeconds = 1 },
    });

    private static async Task FailAsync(HttpContext http, Status status)
    {
        if (http.Response.HasStarted)
        {
            // Half an answer must not look like a whole one.
            http.Abort();
            return;
        }
        http.Response.Headers.Remove("Warning");
        try
        {
            await JsonAnswer.WriteAsync(http, status);
        }
        catch (OperationCanceledException)
        {
            // The client left while it was told.
        }
    }

    private static async Task TextAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        await http.Response.WriteAsync(text, http.RequestAborted);
    }

    [LoggerMessage(2001, LogLevel.Error, "{Method} {Path} failed for a reason that is not the client's")]
    private partial void LogFailure(string method, string path, Exception failure);
}
