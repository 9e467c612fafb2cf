using System.Text;
using Kip.Client;
using Kip.Client.Http;
using Kip.Client.Manifests;
using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Conformance;

/// <summary>The platform as one case sees it: the API and a namespace of its own, and the gateway.</summary>
public sealed class ConformanceTarget : IAsyncDisposable
{
    private readonly ConformanceOptions _options;
    private readonly HttpResources _resources;
    private readonly CancellationTokenSource _patience;
    private readonly List<(KindDefinition Kind, NamespacedName Name)> _elsewhere = [];
    private readonly Dictionary<string, Task> _namespaces = [];

    internal ConformanceTarget(ConformanceOptions options, HttpResources resources, GatewayDoor door, string @namespace, CancellationToken cancel)
    {
        (_options, _resources, Door, Namespace) = (options, resources, door, @namespace);
        _patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        _patience.CancelAfter(options.Patience);
    }

    /// <summary>The whole API, for what the methods here do not cover.</summary>
    public IResources Resources => _resources;

    /// <summary>The way to the gateway.</summary>
    public GatewayDoor Door { get; }

    /// <summary>Where HTTPS requests go; null when that was not told.</summary>
    public Uri? SecureGateway => _options.SecureGateway;

    /// <summary>Where requests from other machines come in.</summary>
    /// <exception cref="CaseSkippedException">That was not told.</exception>
    public Uri OuterGateway => _options.OuterGateway ?? throw new CaseSkippedException("no gateway that other machines reach was given: --gateway-outer URL");

    /// <summary>The case's own namespace. It is made when the first object is applied and deleted at the end.</summary>
    public string Namespace { get; }

    /// <summary>The image that plays Knative's test images; see <c>kip conformance-app</c> for what it does.</summary>
    public string Image => _options.Image;

    /// <summary>The same program as a container, which has limits, users and volumes.</summary>
    /// <exception cref="CaseSkippedException">None was named.</exception>
    public string ContainerImage => _options.ContainerImage ?? throw new CaseSkippedException("no container image was named");

    /// <summary>Ends when the case has been given long enough. For every call that takes a token.</summary>
    public CancellationToken Deadline => _patience.Token;

    /// <summary>The way to the platform's registry, into a repository of the case's own.</summary>
    /// <exception cref="CaseSkippedException">None was named.</exception>
    public Registry.RegistryDoor Registry() => _options.Registry is { } address
        ? new(address, _options.RegistryCredentials, Namespace)
        : throw new CaseSkippedException("no registry was named");

    /// <summary>Creates or changes the objects of a manifest, in the case's namespace unless they name another.</summary>
    /// <returns>What the server stored, in order.</returns>
    /// <exception cref="ApiException">The server refuses one.</exception>
    public async Task<IReadOnlyList<Resource>> ApplyAsync(string yaml)
    {
        var stored = new List<Resource>();
        foreach (var manifest in ManifestFiles.Parse(yaml, "case")) stored.Add(await ApplyAsync(manifest));
        return stored;
    }

    /// <summary>The same for a manifest of one object.</summary>
    public async Task<T> ApplyAsync<T>(string yaml) where T : Resource, IResource => (T)(await ApplyAsync(yaml)).Single();

    /// <summary>Expects the server to refuse a manifest, and returns the failure.</summary>
    public async Task<ApiException> RefusedAsync(string yaml)
    {
        try
        {
            await ApplyAsync(yaml);
        }
        catch (ApiException refused)
        {
            return refused;
        }
        throw new CaseFailedException($"this was accepted and should have been refused:\n{yaml}");
    }

    /// <summary>Changes an object by a JSON merge patch.</summary>
    public async Task<T> PatchAsync<T>(string name, string json, string? subresource = null) where T : Resource, IResource =>
        (T)await _resources.PatchAsync(
            T.Definition, new(Namespace, name), new Patch(PatchContentType.Merge, Encoding.UTF8.GetBytes(json), subresource), Deadline);

    /// <summary>Reads an object of the case's namespace; null when there is none.</summary>
    public Task<T?> GetAsync<T>(string name) where T : Resource, IResource => _resources.GetAsync<T>(new(Namespace, name), Deadline);

    /// <summary>Reads the objects of the case's namespace that a label selector chooses.</summary>
    public Task<IReadOnlyList<T>> ListAsync<T>(string? labels = null) where T : Resource, IResource =>
        _resources.ListAsync<T>(new ListOptions { Namespace = Namespace, LabelSelector = labels }, Deadline);

    /// <summary>Deletes an object of the case's namespace.</summary>
    public Task DeleteAsync<T>(string name) where T : Resource, IResource => _resources.DeleteAsync<T>(new(Namespace, name), Deadline);

    /// <summary>Reads what a container of a pod has written so far.</summary>
    /// <exception cref="ApiException">There is no such log.</exception>
    public async Task<string> LogAsync(string pod, string container)
    {
        using var reader = new StreamReader(await _resources.OpenLogAsync(new(Namespace, pod), new() { Container = container }, Deadline));
        return await reader.ReadToEndAsync(Deadline);
    }

    /// <summary>Completes when an object is as wanted, and returns it as it then was.</summary>
    /// <param name="name">In the case's namespace.</param>
    /// <param name="wanted">Asked again after every change.</param>
    /// <param name="what">What is waited for, for the message when it does not come.</param>
    public async Task<T> WaitAsync<T>(string name, Func<T, bool> wanted, string what) where T : Resource, IResource
    {
        T? seen = null;
        var options = new ListOptions { Namespace = Namespace, FieldSelector = $"metadata.name={name}" };
        await foreach (var change in WatchAsync(T.Definition, options, () => $"{T.Definition.Kind} {name} did not become {what}; it was last {Shown(seen)}"))
        {
            seen = change.Type == WatchEventType.Deleted ? null : (T)change.Object;
            if (seen is not null && wanted(seen)) return seen;
        }
        throw new CaseFailedException($"the watch of {name} ended");
    }

    /// <summary>Completes when the objects that a label selector chooses are as wanted.</summary>
    public async Task<IReadOnlyList<T>> WaitAllAsync<T>(string? labels, Func<IReadOnlyList<T>, bool> wanted, string what) where T : Resource, IResource
    {
        var options = new ListOptions { Namespace = Namespace, LabelSelector = labels };
        var list = await _resources.ListAsync(T.Definition, options, Deadline);
        var seen = list.Items.Cast<T>().ToDictionary(static present => present.Metadata.Name);
        if (wanted([.. seen.Values])) return [.. seen.Values];
        // From the list on: what is deleted between the two would otherwise be waited for for ever.
        var after = options with { ResourceVersion = list.ResourceVersion };
        await foreach (var change in WatchAsync(
            T.Definition, after, () => $"the {T.Definition.Plural} did not become {what}; there were {string.Join(", ", seen.Keys)}"))
        {
            if (change.Type == WatchEventType.Deleted) seen.Remove(change.Object.Metadata.Name);
            else seen[change.Object.Metadata.Name] = (T)change.Object;
            if (wanted([.. seen.Values])) return [.. seen.Values];
        }
        throw new CaseFailedException($"the watch of {T.Definition.Plural} ended");
    }

    /// <summary>Completes when an object is gone.</summary>
    public Task GoneAsync<T>(string name) where T : Resource, IResource =>
        WaitAllAsync<T>(null, all => all.All(o => o.Metadata.Name != name), $"rid of {name}");

    /// <summary>Asks again and again until the answer is yes: for what the platform promises to do, without an object that says when.</summary>
    public async Task EventuallyAsync(Func<Task<bool>> holds, Func<string> otherwise)
    {
        try
        {
            while (!await holds()) await Task.Delay(50, Deadline);
        }
        catch (OperationCanceledException) when (Deadline.IsCancellationRequested)
        {
            throw new CaseFailedException(otherwise());
        }
    }

    /// <summary>Sends a request through the gateway.</summary>
    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await Door.Client.SendAsync(request, Deadline);
        return new Answer(
            (int)response.StatusCode,
            await response.Content.ReadAsStringAsync(Deadline),
            response.Headers.Concat(response.Content.Headers)
                .ToDictionary(static h => h.Key, static h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase),
            response.Version);
    }

    /// <summary>GETs a URL through the gateway, with headers as <c>Name: value</c>.</summary>
    public async Task<Answer> CallAsync(string url, params string[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        foreach (var header in headers)
        {
            var at = header.IndexOf(':');
            request.Headers.TryAddWithoutValidation(header[..at], header[(at + 1)..].Trim());
        }
        return await SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        using var end = new CancellationTokenSource(_options.Patience);
        foreach (var (kind, name) in _elsewhere) await TryDeleteAsync(kind, name, end.Token);
        foreach (var made in _namespaces.Keys) await TryDeleteAsync(Kip.Resources.Core.Namespace.Definition, new("", made), end.Token);
        _patience.Dispose();
    }

    private async Task<Resource> ApplyAsync(Manifest manifest)
    {
        var kind = manifest.Resource.GetDefinition();
        var resource = manifest.Resource;
        if (kind.Namespaced && resource.Metadata.Namespace.Length == 0)
            resource = resource with { Metadata = resource.Metadata with { Namespace = Namespace } };
        if (kind.Namespaced && resource.Metadata.Namespace.StartsWith(Namespace, StringComparison.Ordinal))
            await MakeNamespaceAsync(resource.Metadata.Namespace);
        try
        {
            var created = await _resources.CreateAsync(resource, Deadline);
            if (!kind.Namespaced || !_namespaces.ContainsKey(created.Metadata.Namespace)) _elsewhere.Add((kind, created.Key));
            return created;
        }
        catch (ApiException there) when (there.IsAlreadyExists)
        {
            return await _resources.PatchAsync(kind, resource.Key, new Patch(PatchContentType.Merge, manifest.Json), Deadline);
        }
    }

    // Whoever comes second waits for it, too.
    private Task MakeNamespaceAsync(string name)
    {
        lock (_namespaces)
        {
            if (!_namespaces.TryGetValue(name, out var making))
                _namespaces[name] = making = _resources.CreateAsync(new Kip.Resources.Core.Namespace { Metadata = new ObjectMeta { Name = name } }, Deadline);
            return making;
        }
    }

    private async IAsyncEnumerable<WatchEvent> WatchAsync(KindDefinition kind, ListOptions options, Func<string> otherwise)
    {
        while (true)
        {
            await using var changes = _resources.WatchAsync(kind, options, Deadline).GetAsyncEnumerator(Deadline);
            while (true)
            {
                try
                {
                    if (!await changes.MoveNextAsync()) break;
                }
                catch (OperationCanceledException) when (Deadline.IsCancellationRequested)
                {
                    throw new CaseFailedException(otherwise());
                }
                if (changes.Current.Type != WatchEventType.Bookmark) yield return changes.Current;
            }
        }
    }

    private async Task TryDeleteAsync(KindDefinition kind, NamespacedName name, CancellationToken cancel)
    {
        try
        {
            await _resources.DeleteAsync(kind, name, DeleteOptions.Default, cancel);
        }
        catch (ApiException)
        {
            // It is gone already, or the platform is: neither is this case's finding.
        }
    }

    private static string Shown(Resource? resource) =>
        resource is null ? "not there" : Encoding.UTF8.GetString(resource.GetDefinition().Write(resource));
}

/// <summary>What the gateway answered.</summary>
public sealed record Answer(int Status, string Body, IReadOnlyDictionary<string, string> Headers, Version Protocol)
{
    /// <summary>Fails unless the answer has this status.</summary>
    public Answer Is(int status)
    {
        Expect.That(Status == status, $"expected status {status}, got {Status}: {Body}");
        return this;
    }
}
