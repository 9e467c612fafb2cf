using System.Globalization;
using Kip.ApiServer.Registry;
using Kip.ApiServer.Registry.Deletion;
using Kip.ApiServer.Storage;
using Kip.Client;
using Kip.Resources;
using Kip.Testing.Simulation;
using Kip.Testing.Time;

namespace Kip.Testing.Registry;

/// <summary>A registry with a clock that stands, ids that count, and its loops on one thread: they run when the test says so.</summary>
public sealed class TestRegistry
{
    public static readonly RequestContext Admin = new("kubernetes-admin");

    private readonly SeededScheduler _scheduler;
    private int _ids;

    public TestRegistry(int seed = 1, StoreOptions? store = null, Func<ResourceRegistryOptions, ResourceRegistryOptions>? with = null)
        : this(time => Store.InMemory(store ?? new(), time), seed, with)
    {
    }

    public TestRegistry(Func<TimeProvider, Store> open, int seed = 1, Func<ResourceRegistryOptions, ResourceRegistryOptions>? with = null)
    {
        _scheduler = new SeededScheduler(seed);
        var options = new ResourceRegistryOptions { NewUid = () => $"uid-{NextId()}", NameSuffix = length => NextId().PadLeft(length, '0') };
        Store = open(Time);
        Verbs = ResourceRegistry.Over(Store, with is null ? options : with(options), Time);
        Resources = new EmbeddedResources(Verbs);
    }

    public ManualTimeProvider Time { get; } = new();

    public Store Store { get; }

    public ResourceRegistry Verbs { get; }

    public EmbeddedResources Resources { get; }

    /// <summary>Starts the registry's loops and lets them run until they wait.</summary>
    public TestRegistry WithLoops()
    {
        _scheduler.RunUntilIdle(() => _ = Verbs.RunAsync(CancellationToken.None));
        return this;
    }

    /// <summary>Lets the loops, and watches begun by <see cref="Watch{T}(ListOptions?, bool)"/>, run until they wait.</summary>
    public void Settle() => _scheduler.RunUntilIdle();

    /// <summary>Moves the clock and lets everything run.</summary>
    public void Advance(TimeSpan by)
    {
        _scheduler.RunUntilIdle(() => Time.Advance(by));
    }

    public T Create<T>(T resource) where T : Resource => (T)Done(Verbs.CreateAsync(resource, Admin, default));

    public T Update<T>(T resource, string? subresource = null) where T : Resource => (T)Done(Verbs.UpdateAsync(resource, subresource, Admin, default));

    public T Modify<T>(string space, string name, Func<T, T> change, string? subresource = null) where T : Resource, IResource =>
        (T)Done(Verbs.ModifyAsync(T.Definition, new(space, name), subresource, present => change((T)present), Admin, default));

    public T? Get<T>(string space, string name) where T : Resource, IResource => (T?)Verbs.Get(T.Definition, new(space, name));

    public DeleteOutcome Delete<T>(string space, string name, DeleteOptions? options = null) where T : Resource, IResource =>
        Done(Verbs.DeleteAsync(T.Definition, new(space, name), options ?? DeleteOptions.Default, Admin, default));

    public ResourceList List<T>(ListOptions? options = null) where T : Resource, IResource => Verbs.List(T.Definition, options ?? ListOptions.All);

    /// <summary>Begins a watch; what it has seen is in <see cref="WatchLog.Seen"/> after <see cref="Settle"/>.</summary>
    public WatchLog Watch<T>(ListOptions? options = null, bool sendInitialEvents = false) where T : Resource, IResource =>
        Watch<T>(options, new WatchOptions(sendInitialEvents ? true : null));

    /// <inheritdoc cref="Watch{T}(ListOptions?, bool)"/>
    public WatchLog Watch<T>(ListOptions? options, WatchOptions watch) where T : Resource, IResource
    {
        var log = new WatchLog();
        var events = Verbs.Watch(T.Definition, options ?? ListOptions.All, watch, log.Cancel.Token);
        _scheduler.RunUntilIdle(() => log.Ended = log.ReadAsync(events));
        return log;
    }

    // In memory nothing ever waits: a task that is not complete is a bug.
    private static T Done<T>(Task<T> task) => task.IsCompleted
        ? task.GetAwaiter().GetResult()
        : throw new InvalidOperationException("a verb of a registry in memory did not complete at once");

    private string NextId() => (++_ids).ToString(CultureInfo.InvariantCulture);
}
