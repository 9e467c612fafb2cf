using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kip.Host.Observability;

/// <summary>
/// Answers <c>/metrics</c>, and whether the platform lives and is ready: behind the API's credentials, and without any on a port of its own if asked
/// for.
/// </summary>
/// <param name="scrape">The metrics; null when they are off.</param>
/// <param name="isReady">Whether requests are served.</param>
internal sealed class MetricsEndpoint(Func<string?> scrape, Func<bool> isReady)
{
    /// <summary>The path behind the API's credentials.</summary>
    public const string ApiPath = "/kip/metrics";

    /// <summary>Answers with the metrics, or says how to switch them on.</summary>
    public Task ScrapeAsync(HttpContext http)
    {
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method)) return TextAsync(http, 405, "metrics are read with GET\n");
        if (scrape() is not { } text)
        {
            return TextAsync(http, 404,
                "metrics are off; switch them on with: kubectl patch configmap config-observability -n knative-serving --type merge "
                + "-p '{\"data\":{\"metrics-protocol\":\"prometheus\",\"request-metrics-protocol\":\"prometheus\"}}'\n");
        }
        http.Response.ContentType = PrometheusText.ContentType;
        return http.Response.WriteAsync(text, http.RequestAborted);
    }

    /// <summary>Listens on a port of its own, where no credentials are asked for.</summary>
    /// <exception cref="IOException">The port is in use.</exception>
    public async Task<(IAsyncDisposable Server, IPEndPoint EndPoint)> ListenAsync(IPEndPoint endPoint, ILoggerFactory loggers, CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton(loggers);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(endPoint);
        });
        var app = builder.Build();
        app.Run(AnswerAsync);
        try
        {
            await app.StartAsync(cancel);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
        var bound = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return (app, new(endPoint.Address, bound.Port));
    }

    private Task AnswerAsync(HttpContext http) => http.Request.Path.Value switch
    {
        "/metrics" => ScrapeAsync(http),
        "/healthz" or "/livez" or "/health" => TextAsync(http, 200, "ok\n"),
        "/readyz" or "/readiness" => isReady() ? TextAsync(http, 200, "ok\n") : TextAsync(http, 503, "the gateway does not know its routes yet\n"),
        _ => TextAsync(http, 404, "there are /metrics, /healthz and /readyz\n"),
    };

    private static Task TextAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(text, http.RequestAborted);
    }
}
