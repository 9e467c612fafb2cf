using Kip.ApiServer.Registry;
using Kip.Client;
using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Client.Pods;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime;
using Kip.Runtime.Bundles;
using Kip.Testing.Logging;

namespace Kip.Testing.Runtime;

/// <summary>A store in memory, the Deployment and Endpoints controllers, and the process runtime, in a folder that goes away.</summary>
public sealed class RuntimeHarness : IAsyncDisposable
{
    /// <summary>No wait in a test should come near it; it only keeps a broken test from hanging.</summary>
    public static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(120);

    private readonly InformerSet _informers;
    private readonly ControllerHost _controllers;
    private readonly ResourceRegistry _registry;
    private readonly bool _ownsRegistry;

    private RuntimeHarness(RuntimeOptions options, ResourceRegistry? registry, IPodDrain? drain)
    {
        Options = options;
        _ownsRegistry = registry is null;
        _registry = registry ?? ResourceRegistry.InMemory(TimeProvider.System);
        Resources = new EmbeddedResources(_registry);
        _informers = new InformerSet(Resources, TimeProvider.System, Logs);
        Runtime = new ProcessRuntime(options, Resources, _informers, drain, TimeProvider.System, Logs);
        _controllers = new ControllerHost(Resources, _informers, Runtime.Reconcilers, TimeProvider.System, Logs);
        Builder = new BundleBuilder(Runtime.Bundles, TimeProvider.System);
    }

    public RuntimeOptions Options { get; }

    public InformerSet Informers => _informers;

    public RecordedLogs Logs { get; } = new();

    public EmbeddedResources Resources { get; }

    public ProcessRuntime Runtime { get; }

    public BundleBuilder Builder { get; }

    /// <summary>Options with a fresh folder and short waits.</summary>
    public static RuntimeOptions NewOptions() => new()
    {
        DataDirectory = Directory.CreateTempSubdirectory("kip-runtime-").FullName,
        NodeName = "test-node",
        CrashBackoff = new Backoff(TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(1)),
        SetupBackoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1)),
    };

    /// <summary>Starts everything.</summary>
    /// <param name="options">Null: <see cref="NewOptions"/>.</param>
    /// <param name="registry">A store to go on with. Null: a new one in memory.</param>
    /// <param name="drain">The gateway's part.</param>
    public static async Task<RuntimeHarness> StartAsync(RuntimeOptions? options = null, ResourceRegistry? registry = null, IPodDrain? drain = null)
    {
        var harness = new RuntimeHarness(options ?? NewOptions(), registry, drain);
        await harness.Runtime.StartAsync(CancellationToken.None);
        await harness._controllers.StartAsync(CancellationToken.None);
        return harness;
    }

    /// <summary>A bundle of a program that runs under the shell.</summary>
    public async Task<string> ShellBundleAsync(string command, params (string Name, string Text)[] files)
    {
        var folder = Directory.CreateTempSubdirectory("kip-source-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "Procfile"), $"web: {command}\n");
            foreach (var (name, text) in files) await File.WriteAllTextAsync(Path.Combine(folder, name), text);
            return (await Builder.BuildAsync(folder, new BuildOptions { Name = "test" }, null, CancellationToken.None)).Bundle.Image.ToString();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A pod of one container that serves on port 8080.</summary>
    public static Pod PodOf(string name, string image, Func<Container, Container>? change = null, Func<PodSpec, PodSpec>? spec = null)
    {
        var container = new Container { Name = "app", Image = image, Ports = [new ContainerPort { ContainerPortNumber = 8080 }] };
        var plain = new PodSpec { Containers = [change?.Invoke(container) ?? container], TerminationGracePeriodSeconds = 5 };
        return new Pod
        {
            Metadata = new ObjectMeta { Name = name, Namespace = "default", Labels = StringMap.Of(("app", name)) },
            Spec = spec?.Invoke(plain) ?? plain,
        };
    }

    public Task<Pod> CreateAsync(Pod pod) => Resources.CreateAsync<Pod>(pod, CancellationToken.None);

    /// <summary>The first state of the object that fits, from now on.</summary>
    public async Task<T> WaitForAsync<T>(string name, Func<T, bool> fits) where T : Resource, IResource
    {
        var found = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var last = default(T);
        using var subscription = _informers.Subscribe<T>(change =>
        {
            if (change.Key.Name != name || change.New is not { } now) return;
            last = now;
            if (fits(now)) found.TrySetResult(now);
        });
        try
        {
            return await found.Task.WaitAsync(SafetyNet);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{name} did not come to the wanted state; last seen: {Text(last)}\n{string.Join('\n', Logs.Lines)}");
        }
    }

    /// <summary>The first Event that fits.</summary>
    public async Task<Event> WaitForEventAsync(Func<Event, bool> fits)
    {
        using var patience = new CancellationTokenSource(SafetyNet);
        await foreach (var change in Resources.WatchAsync(Event.Definition, ListOptions.All, patience.Token))
            if (change.Object is Event told && fits(told)) return told;
        throw new InvalidOperationException("the watch of Events ended");
    }

    /// <summary>Completes when no object of the kind has this name.</summary>
    public async Task WaitUntilGoneAsync<T>(string name) where T : Resource, IResource
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = _informers.Subscribe<T>(change =>
        {
            if (change.Key.Name == name && change.IsDeleted) gone.TrySetResult();
        });
        if (_informers.Get<T>().Get(new("default", name)) is null) return;
        await gone.Task.WaitAsync(SafetyNet);
    }

    public async Task<string> LogAsync(string pod, PodLogOptions? options = null)
    {
        using var text = new MemoryStream();
        using var patience = new CancellationTokenSource(SafetyNet);
        await Runtime.Logs.CopyToAsync(new("default", pod), options ?? new(), text, patience.Token);
        return System.Text.Encoding.UTF8.GetString(text.ToArray());
    }

    /// <summary>Stops everything but leaves the folder and the store.</summary>
    public async Task StopAsync()
    {
        await _controllers.DisposeAsync();
        await Runtime.DisposeAsync();
        await _informers.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_ownsRegistry) await _registry.DisposeAsync();
        Directory.Delete(Options.DataDirectory, recursive: true);
    }

    private static string Text<T>(T? resource) where T : Resource, IResource =>
        resource is null ? "nothing" : System.Text.Encoding.UTF8.GetString(T.Definition.Write(resource));
}
