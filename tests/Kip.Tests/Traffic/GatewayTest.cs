using System.Net;
using Kip.Testing.Traffic;
using Kip.Traffic;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Kip.Tests.Traffic;

/// <summary>What the gateway's functional tests have in common: a gateway, pods, a client that names a host.</summary>
public abstract class GatewayTest : IAsyncLifetime
{
    protected const string Host = "app.default.localhost";

    private readonly List<FakePod> _pods = [];
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        UseProxy = false, AllowAutoRedirect = false,
        // Who asks whether to go on waits for the answer: a body sent after the usual second would meet a closed connection.
        Expect100ContinueTimeout = TimeSpan.FromSeconds(60),
    })
    {
        Timeout = TimeSpan.FromSeconds(60),
    };

    protected GatewayBed Bed { get; private set; } = null!;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected virtual GatewayOptions Options => new();

    /// <value>The real clock.</value>
    protected virtual TimeProvider Time => TimeProvider.System;

    public async ValueTask InitializeAsync() => Bed = await GatewayBed.StartAsync(Options, Time);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Bed.DisposeAsync();
        foreach (var pod in _pods) await pod.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts an application.</summary>
    protected async Task<FakePod> StartPodAsync(RequestDelegate handler, bool http2 = false)
    {
        var pod = await FakePod.StartAsync(handler, http2);
        _pods.Add(pod);
        return pod;
    }

    /// <summary>Starts an application and serves it under <see cref="Host"/> by revision <c>app-1</c>.</summary>
    protected async Task<FakePod> ServeAsync(
        RequestDelegate handler, int concurrency = 0, int timeout = 300, int responseStart = 0, int idle = 0, bool http2 = false)
    {
        var pod = await StartPodAsync(handler, http2);
        await Bed.PutAsync(
            TrafficObjects.Revision("app-1", concurrency, timeout, responseStart, idle, http2), TrafficObjects.Pod("app-1", "app-1-a", pod.Port),
            TrafficObjects.Ingress("app", Host, ("app-1", 100)));
        return pod;
    }

    protected HttpRequestMessage Request(HttpMethod method, string path = "/", string host = Host)
    {
        var request = new HttpRequestMessage(method, new Uri(Bed.Url, path));
        request.Headers.Host = host;
        return request;
    }

    protected Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) =>
        _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);

    protected Task<HttpResponseMessage> GetAsync(string path = "/", string host = Host) => SendAsync(Request(HttpMethod.Get, path, host));

    protected async Task<string> GetTextAsync(string path = "/", string host = Host)
    {
        using var response = await GetAsync(path, host);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await response.Content.ReadAsStringAsync(Cancel);
    }

    /// <summary>Waits for something that another thread will do, and that no event tells of.</summary>
    protected static async Task Eventually(Func<bool> condition)
    {
        for (var i = 0; i < 6000 && !condition(); i++) await Task.Delay(10, Cancel);
        condition().ShouldBeTrue();
    }
}
