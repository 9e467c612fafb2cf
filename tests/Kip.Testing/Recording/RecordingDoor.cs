using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Kip.Testing.Recording;

/// <summary>Stands between a client and a server, passes everything on and keeps it.</summary>
/// <remarks>It adds the credentials itself, so that a record holds none; answers come uncompressed; upgrades are not passed on.</remarks>
public sealed class RecordingDoor : IAsyncDisposable
{
    private const int KeptBytes = 1024 * 1024;

    private static readonly string[] KeptHeaders = ["Accept", "Content-Type", "If-None-Match", "Impersonate-User"];

    private readonly WebApplication _app;
    private readonly HttpClient _server;
    private readonly ConcurrentQueue<Exchange> _exchanges = [];

    private RecordingDoor(WebApplication app, HttpClient server) => (_app, _server) = (app, server);

    /// <summary>Where the client is to go.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Takes what has been kept since the last time, in the order in which it ended.</summary>
    public IReadOnlyList<Exchange> Take()
    {
        var taken = new List<Exchange>();
        while (_exchanges.TryDequeue(out var exchange)) taken.Add(exchange);
        return taken;
    }

    /// <param name="server">Leads to the server, with credentials.</param>
    public static async Task<RecordingDoor> OpenAsync(HttpClient server, CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http1));
        var app = builder.Build();
        var door = new RecordingDoor(app, server);
        app.Run(door.PassAsync);
        await app.StartAsync(cancel);
        door.Address = new Uri(app.Urls.First());
        return door;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task PassAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var target = http.Request.Path.Value + http.Request.QueryString.Value;
        using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), target);
        if (body.Length > 0) request.Content = new ByteArrayContent(body.ToArray());
        var headers = KeptHeaders.Where(http.Request.Headers.ContainsKey).ToDictionary(static n => n, n => http.Request.Headers[n].ToString());
        foreach (var (name, value) in headers)
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content?.Headers.TryAddWithoutValidation(name, value);

        using var answer = await _server.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, http.RequestAborted);
        http.Response.StatusCode = (int)answer.StatusCode;
        http.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        foreach (var warning in answer.Headers.TryGetValues("Warning", out var said) ? said : []) http.Response.Headers.Append("Warning", warning);
        using var kept = new MemoryStream();
        try
        {
            await CopyAsync(await answer.Content.ReadAsStreamAsync(http.RequestAborted), http, kept);
        }
        finally
        {
            _exchanges.Enqueue(new Exchange(
                http.Request.Method, target, headers, body.ToArray(), (int)answer.StatusCode, answer.Content.Headers.ContentType?.ToString() ?? "",
                kept.ToArray()));
        }
    }

    // A client that has seen enough of a watch goes: what it saw is kept.
    private static async Task CopyAsync(Stream from, HttpContext http, MemoryStream kept)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, http.RequestAborted) is > 0 and var read)
            {
                if (kept.Length + read <= KeptBytes) kept.Write(buffer, 0, read);
                await http.Response.Body.WriteAsync(buffer.AsMemory(0, read), http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The end of a watch.
        }
    }
}
