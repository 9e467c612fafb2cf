using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Kip.Conformance.Registry;

/// <summary>The registry as one case sees it: a client that has logged in, and a repository of the case's own.</summary>
/// <param name="address">Where it is, e.g. <c>http://127.0.0.1:5000</c>.</param>
/// <param name="credentials"><c>user:password</c>; null where anybody may push.</param>
/// <param name="repository">Unique to the case.</param>
public sealed class RegistryDoor(Uri address, string? credentials, string repository) : IDisposable
{
    public const string Manifest = "application/vnd.oci.image.manifest.v1+json";
    public const string Index = "application/vnd.oci.image.index.v1+json";

    private readonly HttpClient _client = Client(address, credentials);

    /// <summary>The repository that the case works in.</summary>
    public string Repository => repository;

    /// <summary>A second one.</summary>
    public string OtherRepository => repository + "-other";

    public static string DigestOf(byte[] content) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(content))}";

    /// <summary>Sends a request to a path below <c>/v2/</c>, or to what a <c>Location</c> named.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, byte[]? body = null, string? contentType = null, CancellationToken cancel = default,
        params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(
            method, new Uri(address, path.StartsWith('/') || path.Contains("://", StringComparison.Ordinal) ? path : $"/v2/{path}"));
        if (body is not null || method == HttpMethod.Post) request.Content = new ByteArrayContent(body ?? []);
        if (contentType is not null) request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        foreach (var (name, value) in headers)
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content!.Headers.TryAddWithoutValidation(name, value);
        return await _client.SendAsync(request, cancel);
    }

    /// <summary>The same, of which only the status matters.</summary>
    public async Task<int> StatusAsync(HttpMethod method, string path, byte[]? body = null, string? contentType = null)
    {
        using var answer = await SendAsync(method, path, body, contentType);
        return (int)answer.StatusCode;
    }

    /// <summary>Pushes a blob by POST and PUT.</summary>
    public async Task<string> PushBlobAsync(byte[] content, string? into = null)
    {
        var digest = DigestOf(content);
        var location = await BeginAsync(into);
        Expect.Equal(201, await StatusAsync(HttpMethod.Put, With(location, $"digest={digest}"), content, "application/octet-stream"));
        return digest;
    }

    /// <summary>Begins an upload and returns where it goes on.</summary>
    public async Task<string> BeginAsync(string? into = null)
    {
        using var begun = await SendAsync(HttpMethod.Post, $"{into ?? repository}/blobs/uploads/");
        Expect.Equal(202, (int)begun.StatusCode);
        return Location(begun);
    }

    /// <summary>Pushes an image of one layer, or what refers to another, and returns its manifest.</summary>
    public async Task<byte[]> PushImageAsync(string reference, string content, string? subject = null, string? artifactType = null, string? annotations = null)
    {
        var layer = Encoding.UTF8.GetBytes(content);
        var config = "{}"u8.ToArray();
        await PushBlobAsync(layer);
        await PushBlobAsync(config);
        var more = $"{(artifactType is null ? "" : $""","artifactType":"{artifactType}" """)}{subject}{annotations}";
        var manifest = Encoding.UTF8.GetBytes(
            $$"""
            {"schemaVersion":2,"mediaType":"{{Manifest}}"{{more}},"config":{{Describe(config, "application/vnd.oci.image.config.v1+json")}},
            "layers":[{{Describe(layer, "application/vnd.oci.image.layer.v1.tar")}}]}
            """);
        using var pushed = await SendAsync(
            HttpMethod.Put, $"{repository}/manifests/{(reference.Length == 0 ? DigestOf(manifest) : reference)}", manifest, Manifest);
        Expect.Equal(201, (int)pushed.StatusCode);
        if (subject is not null) Expect.That(pushed.Headers.Contains("OCI-Subject"), "a manifest with a subject is accepted with OCI-Subject");
        return manifest;
    }

    /// <summary>Deletes the tags that the case left; the content goes with the registry's next collection.</summary>
    public async Task RemoveTagsAsync()
    {
        using var read = await SendAsync(HttpMethod.Get, $"{repository}/tags/list");
        if (!read.IsSuccessStatusCode) return;
        using var list = JsonDocument.Parse(await read.Content.ReadAsStringAsync());
        foreach (var tag in list.RootElement.GetProperty("tags").EnumerateArray())
            await StatusAsync(HttpMethod.Delete, $"{repository}/manifests/{tag.GetString()}");
    }

    /// <summary>A descriptor as JSON.</summary>
    public static string Describe(byte[] content, string mediaType) =>
        $$"""{"mediaType":"{{mediaType}}","digest":"{{DigestOf(content)}}","size":{{content.Length}}}""";

    /// <summary><c>Location</c>, which may be relative.</summary>
    public static string Location(HttpResponseMessage answer) => Expect.Present(answer.Headers.Location?.ToString());

    /// <summary>A location with one more query parameter.</summary>
    public static string With(string location, string query) => location + (location.Contains('?') ? '&' : '?') + query;

    public void Dispose() => _client.Dispose();

    private static HttpClient Client(Uri address, string? credentials)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address };
        if (credentials is not null) client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        return client;
    }
}
