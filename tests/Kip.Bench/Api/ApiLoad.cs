using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Kip.Testing.Programs;

namespace Kip.Bench.Api;

/// <summary>Creates, lists and changes ConfigMaps of 2 KB.</summary>
internal sealed class ApiLoad(KipProgram kip) : IDisposable
{
    /// <summary>The size of an object as it is sent.</summary>
    public const int ObjectBytes = 2048;

    /// <summary>How many namespaces the objects are spread over.</summary>
    public const int Namespaces = 100;

    private const int Connections = 64;

    private readonly HttpClient _client = ApiConnection.Open(kip, HttpVersion.Version11, Connections);

    public static string NamespaceOf(int i) => $"bench-{i % Namespaces}";

    public async Task MakeNamespacesAsync()
    {
        for (var i = 0; i < Namespaces; i++)
            await SendAsync(HttpMethod.Post, "/api/v1/namespaces", "application/json", $$$"""{"metadata":{"name":"{{{NamespaceOf(i)}}}"}}""");
    }

    /// <summary>Creates objects with some clients at a time. How long each took, in milliseconds.</summary>
    public async Task<IReadOnlyList<double>> CreateAsync(string prefix, int count, int clients)
    {
        var took = new double[count];
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = clients }, async (i, _) =>
        {
            var began = Stopwatch.GetTimestamp();
            await SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{NamespaceOf(i)}/configmaps", "application/json", Make($"{prefix}-{i}"));
            took[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        });
        return took;
    }

    public async Task DeleteAllAsync()
    {
        for (var i = 0; i < Namespaces; i++) await SendAsync(HttpMethod.Delete, $"/api/v1/namespaces/{NamespaceOf(i)}/configmaps", "application/json", "{}");
    }

    /// <summary>Reads all objects in one answer.</summary>
    public async Task ListAsync(bool gzip)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/configmaps");
        if (gzip) request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        await using var body = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[1 << 20];
        while (await body.ReadAsync(buffer) > 0)
        {
            // Only the time to the last byte counts.
        }
    }

    /// <summary>Reads all objects 500 at a time, as kubectl does.</summary>
    public async Task ListInPartsAsync()
    {
        var next = "";
        do
        {
            using var answer = await _client.GetAsync($"/api/v1/configmaps?limit=500&continue={next}");
            answer.EnsureSuccessStatusCode();
            next = Next(await answer.Content.ReadAsByteArrayAsync());
        }
        while (next.Length > 0);
    }

    /// <summary>The version to watch from.</summary>
    public async Task<string> VersionAsync()
    {
        using var list = JsonDocument.Parse(await _client.GetByteArrayAsync("/api/v1/configmaps?limit=1"));
        return list.RootElement.GetProperty("metadata").GetProperty("resourceVersion").GetString()!;
    }

    /// <summary>Changes objects at a fixed rate; every change says when it was sent.</summary>
    public async Task<IReadOnlyList<SentWrite>> ChangeAsync(int perSecond, int seconds, int objects)
    {
        var began = Stopwatch.GetTimestamp();
        var writes = new List<Task<SentWrite>>(perSecond * seconds);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (writes.Count < perSecond * seconds && await timer.WaitForNextTickAsync())
            for (var due = (int)(Stopwatch.GetElapsedTime(began).TotalSeconds * perSecond); writes.Count < Math.Min(due, perSecond * seconds);)
                writes.Add(ChangeOneAsync(writes.Count * 7919 % objects));
        return await Task.WhenAll(writes);
    }

    public void Dispose() => _client.Dispose();

    private async Task<SentWrite> ChangeOneAsync(int i)
    {
        var began = Stopwatch.GetTimestamp();
        await SendAsync(HttpMethod.Patch, $"/api/v1/namespaces/{NamespaceOf(i)}/configmaps/map-{i}", "application/merge-patch+json",
            $$$"""{"data":{"sent":"{{{began}}}"}}""");
        return new(began, Stopwatch.GetTimestamp());
    }

    private async Task SendAsync(HttpMethod method, string path, string type, string body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        using var answer = await _client.SendAsync(request);
        var said = await answer.Content.ReadAsByteArrayAsync();
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{method} {path}: {(int)answer.StatusCode} {Encoding.UTF8.GetString(said)}");
    }

    private static string Make(string name)
    {
        var labels = $$"""{"app":"bench","tier":"t{{name.Length}}"}""";
        var head = $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}","labels":{{{labels}}}},"data":{""";
        var data = string.Join(',', Enumerable.Range(0, 8).Select(i => $"\"key-{i}\":\"{name}-{i} {new string((char)('a' + i), 190)}\""));
        var text = head + data + ",\"rest\":\"";
        return text + new string('z', ObjectBytes - text.Length - 3) + "\"}}";
    }

    private static string Next(ReadOnlySpan<byte> list)
    {
        const string member = "\"continue\":\"";
        // It is in the metadata, before the objects.
        var head = Encoding.UTF8.GetString(list[..Math.Min(list.Length, 1000)]);
        var at = head.IndexOf(member, StringComparison.Ordinal);
        return at < 0 ? "" : head[(at + member.Length)..head.IndexOf('"', at + member.Length)];
    }
}
