using System.Collections.Concurrent;
using Kip.Testing.Images;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Kip.Tests.Images;

/// <summary>Somebody else's registry that a test makes behave well or badly: it serves content by digest, and tags of it.</summary>
internal sealed class ScriptedRegistry : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, byte[]> _content = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (string Type, string Digest)> _manifests = new(StringComparer.Ordinal);
    private WebApplication _app = null!;

    /// <summary><c>127.0.0.1:PORT</c>.</summary>
    public string Host { get; private set; } = "";

    /// <summary>Sees each request first; true when it has answered.</summary>
    public Func<HttpContext, Task<bool>>? Before { get; set; }

    /// <summary><c>METHOD path</c> of each request.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public static async Task<ScriptedRegistry> StartAsync()
    {
        var registry = new ScriptedRegistry();
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        registry._app = builder.Build();
        registry._app.Run(registry.AnswerAsync);
        await registry._app.StartAsync();
        registry.Host = new Uri(registry._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Authority;
        return registry;
    }

    public ScriptedRegistry Serve(BuiltImage image, string tag)
    {
        foreach (var (digest, content) in image.Blobs) _content[digest] = content;
        Tag(tag, image.Digest, "application/vnd.oci.image.manifest.v1+json");
        return this;
    }

    public void Put(string digest, byte[] content) => _content[digest] = content;

    public void Tag(string tag, string digest, string type)
    {
        _manifests[tag] = (type, digest);
        _manifests[digest] = (type, digest);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        Requests.Enqueue($"{http.Request.Method} {http.Request.Path}");
        if (Before is { } before && await before(http)) return;
        var last = http.Request.Path.Value!.Split('/')[^1];
        var key = http.Request.Path.Value!.Contains("/manifests/", StringComparison.Ordinal) && _manifests.TryGetValue(last, out var manifest)
            ? manifest.Digest
            : last;
        if (!_content.TryGetValue(key, out var content))
        {
            http.Response.StatusCode = 404;
            return;
        }
        http.Response.ContentType = _manifests.TryGetValue(last, out var typed) ? typed.Type : "application/octet-stream";
        if (_manifests.ContainsKey(last)) http.Response.Headers["Docker-Content-Digest"] = key;
        var from = 0;
        if (http.Request.Headers.Range is [{ } range])
        {
            from = int.Parse(range["bytes=".Length..^1]);
            http.Response.StatusCode = 206;
        }
        http.Response.ContentLength = content.Length - from;
        if (HttpMethods.IsGet(http.Request.Method)) await http.Response.Body.WriteAsync(content.AsMemory(from));
    }
}
