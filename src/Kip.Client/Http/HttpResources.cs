using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Kip.Client.Kubeconfigs;
using Kip.Client.Pods;
using Kip.Resources;

namespace Kip.Client.Http;

/// <summary>The API over HTTP: Kip's own server or any Kubernetes API server.</summary>
/// <remarks>
/// A call that the server puts off (429 or 503 with <c>Retry-After</c>) is repeated. Every failure is an <see cref="ApiException"/>, one on the way
/// there included: 503 when the server cannot be reached or trusted, 504 when it does not answer in time. Tokens never reach a message or a log.
/// </remarks>
public sealed class HttpResources : IResources, IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly ApiConnection _connection;
    private readonly HttpResourcesOptions _options;

    /// <summary>Calls the server at the client's base address.</summary>
    /// <param name="http">Carries the credentials. It is disposed with this object.</param>
    /// <param name="options">Null: the defaults.</param>
    public HttpResources(HttpClient http, HttpResourcesOptions? options = null)
    {
        _options = options ?? HttpResourcesOptions.Default;
        _connection = new ApiConnection(http, _options);
    }

    /// <summary>Makes a connection as a kubeconfig context describes it. Nothing is sent before the first call.</summary>
    /// <exception cref="KubeconfigException">A certificate or key cannot be used.</exception>
    public static HttpResources Connect(KubeconfigContext context, HttpResourcesOptions? options = null)
    {
        options ??= HttpResourcesOptions.Default;
        // A server behind a path: relative addresses are resolved below it.
        var address = context.Server.AbsolutePath.EndsWith('/') ? context.Server : new Uri($"{context.Server}/");
        return new HttpResources(new HttpClient(ApiHandlers.Make(context, options.Time)) { BaseAddress = address }, options);
    }

    public async Task<Resource?> GetAsync(KindDefinition kind, NamespacedName name, CancellationToken cancel)
    {
        try
        {
            return Read(kind, await _connection.SendAsync(HttpMethod.Get, ResourceUrl.Object(kind, name), null, cancel));
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return null;
        }
    }

    public async Task<ResourceList> ListAsync(KindDefinition kind, ListOptions options, CancellationToken cancel)
    {
        var answer = await _connection.SendAsync(HttpMethod.Get, ResourceUrl.List(kind, options), null, cancel);
        try
        {
            return ListReader.Read(kind, answer);
        }
        catch (JsonException e)
        {
            throw ApiException.Of(500, StatusReason.InternalError, $"{_connection.Server} sent a list of {kind} that cannot be read: {e.Message}");
        }
    }

    public async IAsyncEnumerable<WatchEvent> WatchAsync(
        KindDefinition kind, ListOptions options, [EnumeratorCancellation] CancellationToken cancel)
    {
        var lasting = _options.WatchDuration * (1 + _options.Random());
        // The server ends the watch; should it not, being gone without a word, this does.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var timer = _options.Time.CreateTimer(_ => limit.Cancel(), null, lasting + TimeSpan.FromSeconds(30), Timeout.InfiniteTimeSpan);
        using var response = await _connection.OpenAsync(ResourceUrl.Watch(kind, options, lasting), limit.Token, cancel);
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        await using var events = WatchReader.ReadAsync(kind, stream, _options.MaxEventBytes, limit.Token).GetAsyncEnumerator(limit.Token);
        while (true)
        {
            try
            {
                if (!await events.MoveNextAsync()) yield break;
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                // A connection that breaks because the caller stops is the caller's doing.
                cancel.ThrowIfCancellationRequested();
                throw Failures.Of(e, _connection.Server);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                // Its time is up: for the caller that is an end like the server's own.
                yield break;
            }
            yield return events.Current;
        }
    }

    public async Task<Resource> CreateAsync(Resource resource, CancellationToken cancel)
    {
        var kind = resource.GetDefinition();
        ResourceUrl.RequireNamespace(kind, resource.Key);
        return Read(
            kind,
            await _connection.SendAsync(HttpMethod.Post, ResourceUrl.Collection(kind, resource.Metadata.Namespace) + Strictness(kind), Body(resource), cancel));
    }

    public Task<Resource> UpdateAsync(Resource resource, CancellationToken cancel) => PutAsync(resource, null, cancel);

    public Task<Resource> UpdateStatusAsync(Resource resource, CancellationToken cancel) => PutAsync(resource, "status", cancel);

    public async Task<Resource> PatchAsync(KindDefinition kind, NamespacedName name, Patch patch, CancellationToken cancel)
    {
        // Server-side apply wants to know who applies.
        var query = patch.ContentType == PatchContentType.Apply ? "?fieldManager=kip&force=true" : Strictness(kind);
        var path = ResourceUrl.Object(kind, name, patch.Subresource) + query;
        return Read(kind, await _connection.SendAsync(HttpMethod.Patch, path, (patch.Body, new MediaTypeHeaderValue(patch.ContentType)), cancel));
    }

    /// <summary>Objects as the server shows them, for kinds whose columns only it knows.</summary>
    /// <param name="wide">With the columns that are shown only when more is asked for.</param>
    /// <exception cref="ApiException">The server refuses, or sends no table.</exception>
    public async Task<ServerTable> ShowAsync(KindDefinition kind, ListOptions options, bool wide, CancellationToken cancel) =>
        await DocumentAsync(ResourceUrl.List(kind, options), ServerTable.Accept, table => ServerTable.Read(table, wide), cancel);

    /// <summary>The kinds that the server says it serves.</summary>
    /// <exception cref="ApiException">The server refuses, or does not say it in one document.</exception>
    public async Task<IReadOnlyList<KindDefinition>> ServedKindsAsync(CancellationToken cancel) =>
        await DocumentAsync("apis", ServedKinds.Accept, ServedKinds.Read, cancel);

    public async Task ScaleAsync(KindDefinition kind, NamespacedName name, int replicas, CancellationToken cancel)
    {
        var body = System.Text.Encoding.UTF8.GetBytes($$$"""{"spec":{"replicas":{{{replicas}}}}}""");
        var type = new MediaTypeHeaderValue(PatchContentType.Merge);
        await _connection.SendAsync(HttpMethod.Patch, ResourceUrl.Object(kind, name, "scale"), (body, type), cancel);
    }

    public async Task DeleteAsync(KindDefinition kind, NamespacedName name, DeleteOptions options, CancellationToken cancel)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(options with { ApiVersion = "v1", Kind = "DeleteOptions" }, WireJson.Of<DeleteOptions>());
        await _connection.SendAsync(HttpMethod.Delete, ResourceUrl.Object(kind, name), (body, Json), cancel);
    }

    /// <summary>Opens what a container wrote, as a stream of its bytes; with <see cref="PodLogOptions.Follow"/> it goes on with the container.</summary>
    /// <exception cref="ApiException">There is no such pod or container, or it has not started.</exception>
    public async Task<Stream> OpenLogAsync(NamespacedName pod, PodLogOptions options, CancellationToken cancel)
    {
        var response = await _connection.OpenAsync(ResourceUrl.Log(pod, options), cancel, cancel);
        // Disposing the stream ends the answer.
        return await response.Content.ReadAsStreamAsync(cancel);
    }

    /// <summary>Runs a program in a container.</summary>
    /// <exception cref="ApiException">There is no such pod or container, or it does not run.</exception>
    public async Task<ExecSession> OpenExecAsync(NamespacedName pod, PodExecOptions options, CancellationToken cancel)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(ExecSession.Protocol);
        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            var address = new UriBuilder(new Uri(_connection.Http.BaseAddress!, ResourceUrl.Exec(pod, options)));
            address.Scheme = address.Scheme == "https" ? "wss" : "ws";
            await socket.ConnectAsync(address.Uri, _connection.Http, cancel);
            return new ExecSession(socket);
        }
        catch (WebSocketException) when (socket.HttpStatusCode != 0)
        {
            var code = (int)socket.HttpStatusCode;
            socket.Dispose();
            throw ApiException.Of(
                code, StatusReason.BadRequest,
                $"pod {pod.Name}: the server answered {code} and ran nothing; does the pod run, and has it such a container?");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Opens what the platform itself answers below <c>/kip/</c>, behind the API's credentials.</summary>
    /// <param name="path">Without a slash in front.</param>
    /// <exception cref="ApiException">It refuses, or the server is another's and has no such answer (404).</exception>
    public async Task<Stream> OpenAsync(string path, CancellationToken cancel)
    {
        var response = await _connection.OpenAsync(path, cancel, cancel);
        // Disposing the stream ends the answer.
        return await response.Content.ReadAsStreamAsync(cancel);
    }

    /// <summary>Calls one of the server's endpoints that are no resources. The caller reads the answer, which may be a stream, and disposes it.</summary>
    /// <param name="path">Below the server's root, without a slash at the beginning.</param>
    /// <param name="content">The body; null sends none.</param>
    /// <param name="headers">More headers; null sends none.</param>
    /// <exception cref="ApiException">The server cannot be reached, or answered with a failure.</exception>
    public async Task<HttpResponseMessage> CallAsync(
        HttpMethod method, string path, HttpContent? content, IReadOnlyDictionary<string, string>? headers, CancellationToken cancel)
    {
        var request = ApiConnection.Request(method, path, null);
        request.Content = content;
        foreach (var (name, value) in headers ?? new Dictionary<string, string>())
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }
        var response = await _connection.TrySendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel, cancel);
        if (response.IsSuccessStatusCode) return response;
        using (response) throw Failures.Of((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancel), _connection.Server);
    }

    public void Dispose() => _connection.Dispose();

    // What a custom kind's fields are only the server knows: it must say which it does not.
    private static string Strictness(KindDefinition kind) => kind.Format is null ? "" : "?fieldValidation=Strict";

    private async Task<T> DocumentAsync<T>(string path, string accept, Func<JsonElement, T> read, CancellationToken cancel)
    {
        using var response = await CallAsync(HttpMethod.Get, path, null, new Dictionary<string, string> { ["Accept"] = accept }, cancel);
        try
        {
            using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancel));
            return read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw ApiException.Of(500, StatusReason.InternalError, $"{_connection.Server} sent an answer to {path} that cannot be read: {e.Message}");
        }
    }

    private static (ReadOnlyMemory<byte> Bytes, MediaTypeHeaderValue Type) Body(Resource resource) => (resource.GetDefinition().Write(resource), Json);

    private Resource Read(KindDefinition kind, byte[] answer)
    {
        try
        {
            return kind.Read(answer);
        }
        catch (JsonException e)
        {
            throw ApiException.Of(500, StatusReason.InternalError, $"{_connection.Server} sent a {kind.Singular} that cannot be read: {e.Message}");
        }
    }

    private async Task<Resource> PutAsync(Resource resource, string? subresource, CancellationToken cancel)
    {
        var kind = resource.GetDefinition();
        return Read(kind, await _connection.SendAsync(HttpMethod.Put, ResourceUrl.Object(kind, resource.Key, subresource), Body(resource), cancel));
    }
}
