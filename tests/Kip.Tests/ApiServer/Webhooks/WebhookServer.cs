using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Kip.Tests.ApiServer.Webhooks;

/// <summary>A webhook on a free port, which keeps what it was asked and answers as the test says.</summary>
internal sealed class WebhookServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebhookServer(WebApplication app) => _app = app;

    /// <summary>Every request it got, in order, with the path and the host it came for.</summary>
    public List<(string Host, string Path, JsonNode Request)> Asked { get; } = [];

    /// <summary>The response to a request; its uid is added. Null answers 503.</summary>
    public Func<JsonNode, JsonObject?> Answer { get; set; } = static _ => new() { ["allowed"] = true };

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <param name="certificate">Answers over TLS with it; null: in plain HTTP.</param>
    public static async Task<WebhookServer> StartAsync(X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null) listen.UseHttps(certificate);
        }));
        var app = builder.Build();
        var server = new WebhookServer(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    public static JsonObject Patch(string operations) => new()
    {
        ["allowed"] = true, ["patchType"] = "JSONPatch", ["patch"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(operations)),
    };

    public static JsonObject Deny(string message, int code = 403) => new()
    {
        ["allowed"] = false, ["status"] = new JsonObject { ["code"] = code, ["message"] = message },
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var request = JsonNode.Parse(await reader.ReadToEndAsync(http.RequestAborted))!["request"]!;
        JsonObject? response;
        lock (Asked)
        {
            Asked.Add((http.Request.Host.Value!, http.Request.Path + http.Request.QueryString, request));
            response = Answer(request);
        }
        if (response is null)
        {
            http.Response.StatusCode = 503;
            return;
        }
        response["uid"] = request["uid"]!.DeepClone();
        await http.Response.WriteAsync(
            new JsonObject { ["apiVersion"] = "admission.k8s.io/v1", ["kind"] = "AdmissionReview", ["response"] = response }.ToJsonString(),
            http.RequestAborted);
    }
}
