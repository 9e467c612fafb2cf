using System.Text;
using Kip.Resources;
using Kip.Rules.Scaling;
using Kip.Traffic.Activation;
using Kip.Traffic.Observability;
using Kip.Traffic.Routing;
using Microsoft.AspNetCore.Http;

namespace Kip.Traffic.Http;

/// <summary>What the gateway itself answers when no application does: what happened, to what, and what to do next.</summary>
internal static class GatewayErrors
{
    public const string QueueFull = "pending request queue full";
    public const string RequestTimeout = "activator request timeout";

    /// <summary>Writes an answer as plain text; ends the connection instead when an answer has begun.</summary>
    /// <param name="retryAfterSeconds">When to try again; null: not told.</param>
    public static Task WriteAsync(HttpResponse response, int status, string message, int? retryAfterSeconds = null)
    {
        if (response.HasStarted)
        {
            response.HttpContext.Abort();
            return Task.CompletedTask;
        }
        response.Clear();
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        response.Headers["X-Content-Type-Options"] = "nosniff";
        if (RequestIds.Of(response.HttpContext.Request.Headers) is { } id) response.Headers[RequestIds.Header] = id;
        if (retryAfterSeconds is { } seconds) response.Headers.RetryAfter = seconds.ToString();
        var body = Encoding.UTF8.GetBytes(message + "\n");
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(response.HttpContext.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body).AsTask();
    }

    public static Task UnknownHost(HttpResponse response, string host) => WriteAsync(response, 404,
        host.Length == 0
            ? "the request names no host; services are chosen by host, as in http://NAME.NAMESPACE.localhost"
            : $"no service has the host \"{host}\"; hosts look like NAME.NAMESPACE.localhost, and `kip get services` lists them with their URLs");

    public static Task UnknownPath(HttpResponse response, string host, string path) =>
        WriteAsync(response, 404, $"the host \"{host}\" serves nothing at \"{path}\"");

    public static Task NoRevision(HttpResponse response, NamespacedName revision) => WriteAsync(response, 404,
        $"revision \"{revision}\" does not exist (it may just have been deleted); `kip get revisions` lists those there are");

    public static Task NoDestination(HttpResponse response, Destination destination, string path) => destination.Failure switch
    {
        DestinationFailure.NoPath => UnknownPath(response, destination.Host, path),
        DestinationFailure.NoPort => WriteAsync(response, 404, $"service \"{destination.What}\" has no such port; it has: {destination.Host}"),
        DestinationFailure.NoAddress => WriteAsync(response, 503,
            $"service \"{destination.What}\" has no ready endpoint; `kubectl get endpoints {destination.What.Name} -n {destination.What.Namespace}` "
            + "shows those it has", 1),
        DestinationFailure.Circle =>
            WriteAsync(response, 508, $"the host \"{destination.Host}\" leads back to itself: look at the ExternalName Services on the way"),
        DestinationFailure.NoRevision => NoRevision(response, destination.What),
        _ => WriteAsync(response, 404, $"the host \"{destination.Host}\", for which another stands, is not served here"),
    };

    public static Task OutsideFailed(HttpResponse response, string host, string reason) =>
        WriteAsync(response, 502, $"\"{host}\" is not one of this platform's hosts, and outside of it could not be reached: {reason}");

    public static Task TooBusy(HttpResponse response, int limit) =>
        WriteAsync(response, 503, $"the gateway has {limit} requests under way, as many as it may; try again later", 1);

    public static Task NotReady(HttpResponse response) =>
        WriteAsync(response, 503, "the gateway does not know its routes yet: it has not been able to read them from the API server; try again later", 1);

    public static Task QueueIsFull(HttpResponse response, RevisionBackend backend) => WriteAsync(response, 503,
        $"{QueueFull}\n{backend.Breaker.Waiting} requests already wait for {Describe(backend)}; try again later, or let it scale further", 1);

    public static Task Overloaded(HttpResponse response, RevisionBackend backend) => WriteAsync(response, 503,
        $"{Describe(backend)} is overloaded: more requests keep coming than its pods can answer, and no further pod is to come; "
        + $"try again in {backend.RetryAfterSeconds} s, or let it have more pods ({AutoscalingKeys.MaxScale.Name})",
        backend.RetryAfterSeconds);

    public static Task TimedOut(HttpResponse response, RevisionBackend backend, bool waited) => WriteAsync(response, 504, waited
        ? $"{RequestTimeout}\nno pod of {Describe(backend)} became free in time; what they wait for: {Command("why", backend, pod: null)}"
        : $"{RequestTimeout}\n{Describe(backend)} did not answer in time; the limit is its timeoutSeconds, responseStartTimeoutSeconds or idleTimeoutSeconds");

    public static Task CannotConnect(HttpResponse response, RevisionBackend backend, PodTracker pod) => WriteAsync(response, 502,
        $"no connection to {Describe(backend)}: its pod {pod.Pod.Name} does not accept any at {pod.EndPoint}; see {Command("logs", backend, pod)}");

    public static Task Broken(HttpResponse response, RevisionBackend backend, PodTracker pod) => WriteAsync(response, 502,
        $"{Describe(backend)} broke off: its pod {pod.Pod.Name} closed the connection without an answer; see {Command("logs", backend, pod)}");

    public static Task Malformed(HttpResponse response, RevisionBackend backend, PodTracker pod) => WriteAsync(response, 502,
        $"{Describe(backend)} answered with something that is not HTTP/1.1 (pod {pod.Pod.Name}); if it speaks HTTP/2, name its port h2c");

    public static Task BadBody(HttpResponse response, BadHttpRequestException? failure, long? limit) => failure switch
    {
        // The client has gone in the middle of its body: nobody reads an answer.
        null => Task.CompletedTask,
        { StatusCode: 413 } => WriteAsync(response, 413, $"the request's body is larger than the {limit} bytes that the gateway allows"),
        _ => WriteAsync(response, failure.StatusCode, $"the request's body cannot be read: {failure.Message}"),
    };

    // As it can be typed; a revision without a Service is only known by its pods.
    private static string Command(string verb, RevisionBackend backend, PodTracker? pod)
    {
        var space = backend.Name.Namespace == "default" ? "" : $" -n {backend.Name.Namespace}";
        return backend.Settings is { Service.Length: > 0 } settings ? $"`kip {verb} {settings.Service}{space}`"
            : pod is null ? $"`kubectl get pods{space}`" : $"`kip {verb} {pod.Pod.Name}{space}`";
    }

    private static string Describe(RevisionBackend backend) => backend.Settings is { Service.Length: > 0 } settings
        ? $"service \"{settings.Service}\" (revision \"{backend.Name}\")"
        : $"revision \"{backend.Name}\"";
}
