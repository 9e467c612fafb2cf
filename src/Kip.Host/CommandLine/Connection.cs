using System.CommandLine;
using Kip.Client;
using Kip.Client.Http;
using Kip.Client.Kubeconfigs;
using Kip.Client.Pods;
using Kip.Host.Platform;
using Kip.Resources;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Host.CommandLine;

/// <summary>The API that a command talks to, and the namespace it means.</summary>
internal sealed class Connection : IDisposable
{
    private readonly HttpResources _resources;

    private Connection(KubeconfigContext context, string? @namespace, DataFolder? data)
    {
        _resources = HttpResources.Connect(context);
        Context = context;
        Namespace = @namespace ?? context.Namespace;
        Data = data ?? DataFolder.Beside(context.Source) ?? DataFolder.Choose(null);
    }

    public IResources Resources => _resources;

    /// <summary>Where the API is, and as whom it is asked.</summary>
    public KubeconfigContext Context { get; }

    public string Namespace { get; }

    /// <summary>The data folder of the platform: the one that was named, the one that its kubeconfig lies in, else the usual one.</summary>
    public DataFolder Data { get; }

    /// <summary>Connects as <c>--kubeconfig</c> and <c>--namespace</c> say.</summary>
    public static Connection Open(ParseResult parsed) =>
        new(Load(Choose(parsed)).Resolve(), parsed.GetValue(GlobalOptions.Namespace), data: null);

    /// <summary>Connects to the platform that runs over a data folder.</summary>
    public static Connection Open(DataFolder data, ParseResult parsed) =>
        new(Load(parsed.GetValue(GlobalOptions.Kubeconfig) ?? data.Kubeconfig).Resolve(), parsed.GetValue(GlobalOptions.Namespace), data);

    /// <summary>The Service of a name.</summary>
    /// <exception cref="CommandFailure">There is none; the message says how to see those that are.</exception>
    public async Task<Service> ServiceAsync(string name, CancellationToken cancel) =>
        await Resources.GetAsync<Service>(new(Namespace, name), cancel)
        ?? throw new CommandFailure($"there is no service \"{name}\" in namespace {Namespace}; see them with: kip get -A");

    /// <summary>The object of a kind and a name, in the namespace that is meant.</summary>
    /// <exception cref="CommandFailure">There is none; the message says how to see those that are.</exception>
    public Task<Resource> ObjectAsync(KindDefinition kind, string name, CancellationToken cancel) =>
        ObjectAsync(kind, new NamespacedName(kind.Namespaced ? Namespace : "", name), cancel);

    /// <summary>The object of a kind and a key.</summary>
    /// <exception cref="CommandFailure">There is none; the message says how to see those that are.</exception>
    public async Task<Resource> ObjectAsync(KindDefinition kind, NamespacedName key, CancellationToken cancel)
    {
        if (await Resources.GetAsync(kind, key, cancel) is { } found) return found;
        var (where, all) = kind.Namespaced ? ($" in namespace {key.Namespace}", " -A") : ("", "");
        throw new CommandFailure($"{kind.QualifiedPlural} \"{key.Name}\" not found{where}; see them with: kip get {kind.Plural}{all}");
    }

    /// <summary>Completes when the namespace is there.</summary>
    /// <exception cref="CommandFailure">It is not; the message says how to make it.</exception>
    public async Task RequireNamespaceAsync(CancellationToken cancel)
    {
        if (await Resources.GetAsync(Kip.Resources.Core.Namespace.Definition, new("", Namespace), cancel) is null)
            throw new CommandFailure($"there is no namespace \"{Namespace}\"; make it with: kubectl create namespace {Namespace}");
    }

    /// <summary>The resource in the namespace that it states, or else in the one that is meant.</summary>
    public Resource Placed(Resource resource) =>
        resource.GetDefinition().Namespaced && resource.Metadata.Namespace.Length == 0
            ? resource with { Metadata = resource.Metadata with { Namespace = Namespace } }
            : resource;

    /// <summary>The kinds that the server says it serves.</summary>
    public Task<IReadOnlyList<KindDefinition>> ServedKindsAsync(CancellationToken cancel) => _resources.ServedKindsAsync(cancel);

    /// <summary>Objects as the server shows them.</summary>
    public Task<ServerTable> ShowAsync(KindDefinition kind, ListOptions options, bool wide, CancellationToken cancel) =>
        _resources.ShowAsync(kind, options, wide, cancel);

    /// <summary>Opens a pod's log.</summary>
    public Task<Stream> OpenLogAsync(string pod, PodLogOptions options, CancellationToken cancel) =>
        _resources.OpenLogAsync(new(Namespace, pod), options, cancel);

    /// <summary>Runs a program in a pod.</summary>
    public Task<ExecSession> OpenExecAsync(string pod, PodExecOptions options, CancellationToken cancel) =>
        _resources.OpenExecAsync(new(Namespace, pod), options, cancel);

    /// <summary>Opens what the platform itself answers below <c>/kip/</c>.</summary>
    public Task<Stream> OpenAsync(string path, CancellationToken cancel) => _resources.OpenAsync(path, cancel);

    /// <summary>Calls an endpoint of the platform beside the resources, with the connection's credentials.</summary>
    public Task<HttpResponseMessage> CallAsync(
        HttpMethod method, string path, HttpContent? content, IReadOnlyDictionary<string, string>? headers, CancellationToken cancel) =>
        _resources.CallAsync(method, path, content, headers, cancel);

    public void Dispose() => _resources.Dispose();

    private static Kubeconfig Load(string? path)
    {
        try
        {
            return Kubeconfig.Load(path);
        }
        catch (KubeconfigException missing) when (path is null or { Length: > 0 } && !File.Exists(path))
        {
            throw new CommandFailure($"{missing.Message}. To start a platform, which writes one: kip up --detach");
        }
    }

    // A platform of one's own on this machine is what kip is mostly asked about, so it comes before the cluster of ~/.kube/config.
    private static string? Choose(ParseResult parsed)
    {
        if (parsed.GetValue(GlobalOptions.Kubeconfig) is { } named) return named;
        if (Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 }) return null;
        var own = DataFolder.Choose(null).Kubeconfig;
        return File.Exists(own) ? own : null;
    }
}
