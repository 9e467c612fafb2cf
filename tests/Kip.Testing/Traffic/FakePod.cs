using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Kip.Testing.Traffic;

/// <summary>An application as a pod would run it: a real HTTP server on a free port.</summary>
public sealed class FakePod : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _now;
    private int _most;
    private int _served;

    private FakePod(WebApplication app, int port)
    {
        _app = app;
        Port = port;
    }

    public int Port { get; private set; }

    /// <summary>Requests it is busy with.</summary>
    public int Now => Volatile.Read(ref _now);

    /// <summary>The most it was ever busy with at one time.</summary>
    public int Most => Volatile.Read(ref _most);

    /// <summary>Requests it has begun.</summary>
    public int Served => Volatile.Read(ref _served);

    /// <param name="port">0: any free one.</param>
    public static async Task<FakePod> StartAsync(RequestDelegate handler, bool http2 = false, int port = 0)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.Configure<HostOptions>(static o => o.ShutdownTimeout = TimeSpan.FromMilliseconds(1));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(o =>
        {
            o.Limits.MaxRequestBodySize = null;
            o.Limits.MinRequestBodyDataRate = null;
            o.Listen(IPAddress.Loopback, port, l => l.Protocols = http2 ? HttpProtocols.Http2 : HttpProtocols.Http1);
        });
        var app = builder.Build();
        app.UseWebSockets();
        var pod = new FakePod(app, 0);
        app.Run(context => pod.CountAsync(context, handler));
        await app.StartAsync();
        pod.Port = new Uri(app.Urls.First()).Port;
        return pod;
    }

    /// <summary>A pod that says its name.</summary>
    public static Task<FakePod> SayingAsync(string name) => StartAsync(context => context.Response.WriteAsync(name));

    /// <summary>Ends it as a kill would: connections are cut, nothing is finished.</summary>
    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task CountAsync(HttpContext context, RequestDelegate handler)
    {
        Interlocked.Increment(ref _served);
        var now = Interlocked.Increment(ref _now);
        int most;
        while (now > (most = Most)) Interlocked.CompareExchange(ref _most, now, most);
        try
        {
            await handler(context);
        }
        finally
        {
            Interlocked.Decrement(ref _now);
        }
    }
}
