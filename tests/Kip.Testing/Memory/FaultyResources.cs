using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Kip.Client;
using Kip.Resources;

namespace Kip.Testing.Memory;

/// <summary>A small API in memory whose watches can be held back, ended and made to lose their place, and whose writes can be made to fail.</summary>
/// <remarks>
/// It keeps versions, uids, preconditions and the status rule, and nothing else of the API server: it serves to test what a client does when
/// the server is slow, forgetful or gone, which the real store cannot be asked to be.
/// </remarks>
public sealed class FaultyResources : IResources
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(KindDefinition Kind, NamespacedName Name), Resource> _objects = [];
    private readonly List<(KindDefinition Kind, long Version, WatchEvent Event)> _history = [];
    private readonly List<Watcher> _watchers = [];
    private long _version;
    private long _forgotten;
    private long _shown = long.MaxValue;

    /// <summary>Every call, such as <c>create pods default/a</c>, in order.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>Called before every call with its text; what it throws, the call throws.</summary>
    public Action<string> Fault { get; set; } = static _ => { };

    /// <summary>From now on watches show nothing new.</summary>
    public void HoldWatches()
    {
        lock (_lock) _shown = _version;
    }

    /// <summary>Shows what was held back.</summary>
    public void ReleaseWatches()
    {
        lock (_lock)
        {
            _shown = long.MaxValue;
            foreach (var watcher in _watchers) watcher.Wake.Writer.TryWrite(true);
        }
    }

    /// <summary>Ends all watches, with an error or as a server does that has had enough.</summary>
    public void EndWatches(Exception? error = null)
    {
        lock (_lock)
        {
            foreach (var watcher in _watchers) watcher.Wake.Writer.TryComplete(error);
            _watchers.Clear();
        }
    }

    /// <summary>Forgets the changes so far: a watch from before them is refused as expired.</summary>
    public void ForgetHistory()
    {
        lock (_lock)
        {
            _history.Clear();
            _forgotten = _version;
        }
    }

    public Task<Resource?> GetAsync(KindDefinition kind, NamespacedName name, CancellationToken cancel) =>
        Run($"get {kind.Plural} {name}", () => _objects.GetValueOrDefault((kind, name)));

    public Task<ResourceList> ListAsync(KindDefinition kind, ListOptions options, CancellationToken cancel) =>
        Run($"list {kind.Plural}", () =>
            new ResourceList([.. _objects.Where(e => e.Key.Kind == kind).Select(static e => e.Value)], $"{_version}"));

    public async IAsyncEnumerable<WatchEvent> WatchAsync(
        KindDefinition kind, ListOptions options, [EnumeratorCancellation] CancellationToken cancel)
    {
        await Run($"watch {kind.Plural} {options.ResourceVersion}", static () => 0);
        var position = long.Parse(options.ResourceVersion!);
        var watcher = new Watcher();
        lock (_lock)
        {
            if (position < _forgotten) throw ApiException.Expired($"too old resource version: {position}");
            _watchers.Add(watcher);
            watcher.Wake.Writer.TryWrite(true);
        }
        while (await watcher.Wake.Reader.WaitToReadAsync(cancel))
        {
            while (watcher.Wake.Reader.TryRead(out _)) { }
            foreach (var (version, shown) in Since(kind, position))
            {
                position = version;
                yield return shown;
            }
        }
    }

    public Task<Resource> CreateAsync(Resource resource, CancellationToken cancel) => Run($"create {Describe(resource)}", () =>
    {
        if (_objects.ContainsKey(IdOf(resource))) throw ApiException.AlreadyExists(resource.GetDefinition(), resource.Metadata.Name);
        return Store(WatchEventType.Added, resource with { Metadata = resource.Metadata with { Uid = $"uid-{_version + 1}", Generation = 1 } });
    });

    public Task<Resource> UpdateAsync(Resource resource, CancellationToken cancel) => Run($"update {Describe(resource)}", () =>
    {
        var stored = Current(resource);
        var merged = resource is IHasStatus full ? full.WithStatusOf(stored) : resource;
        return merged with { Metadata = merged.Metadata with { ResourceVersion = stored.Metadata.ResourceVersion } } == stored
            ? stored
            : Store(WatchEventType.Modified, merged);
    });

    public Task<Resource> UpdateStatusAsync(Resource resource, CancellationToken cancel) => Run($"status {Describe(resource)}", () =>
    {
        var stored = Current(resource);
        return ((IHasStatus)resource).StatusEquals(stored) ? stored : Store(WatchEventType.Modified, ((IHasStatus)stored).WithStatusOf(resource));
    });

    public Task<Resource> PatchAsync(KindDefinition kind, NamespacedName name, Patch patch, CancellationToken cancel) =>
        throw new NotSupportedException("patches are the store's");

    public Task ScaleAsync(KindDefinition kind, NamespacedName name, int replicas, CancellationToken cancel) =>
        Run($"scale {kind.Plural} {name} {replicas}", static () => 0);

    public Task DeleteAsync(KindDefinition kind, NamespacedName name, DeleteOptions options, CancellationToken cancel) =>
        Run($"delete {kind.Plural} {name}", () =>
        {
            if (!_objects.TryGetValue((kind, name), out var stored)) throw ApiException.NotFound(kind, name.Name);
            if (options.Preconditions?.Uid is { } uid && uid != stored.Metadata.Uid)
                throw ApiException.Conflict(kind, name.Name, "the UID in the precondition does not match");
            return Store(WatchEventType.Deleted, stored);
        });

    private static string Describe(Resource resource) => $"{resource.GetDefinition().Plural} {resource.Key}";

    private static (KindDefinition Kind, NamespacedName Name) IdOf(Resource resource) => (resource.GetDefinition(), resource.Key);

    private Resource Current(Resource resource)
    {
        if (!_objects.TryGetValue(IdOf(resource), out var stored)) throw ApiException.NotFound(resource.GetDefinition(), resource.Metadata.Name);
        if (resource.Metadata.ResourceVersion is { } version && version != stored.Metadata.ResourceVersion)
            throw ApiException.Conflict(resource.GetDefinition(), resource.Metadata.Name, "the object has been modified");
        return stored;
    }

    private Resource Store(WatchEventType type, Resource resource)
    {
        var stored = resource with { Metadata = resource.Metadata with { ResourceVersion = $"{++_version}" } };
        if (type == WatchEventType.Deleted) _objects.Remove(IdOf(stored));
        else _objects[IdOf(stored)] = stored;
        _history.Add((stored.GetDefinition(), _version, new WatchEvent(type, stored)));
        foreach (var watcher in _watchers) watcher.Wake.Writer.TryWrite(true);
        return stored;
    }

    private List<(long Version, WatchEvent Event)> Since(KindDefinition kind, long position)
    {
        lock (_lock)
        {
            // What was forgotten before it was shown is lost to this watcher, who must know.
            if (position < _forgotten) throw ApiException.Expired($"too old resource version: {position}");
            return [.. _history.Where(e => e.Kind == kind && e.Version > position && e.Version <= _shown)
                .Select(static e => (e.Version, e.Event))];
        }
    }

    private Task<T> Run<T>(string call, Func<T> action)
    {
        lock (_lock)
        {
            Calls.Add(call);
            try
            {
                Fault(call);
                return Task.FromResult(action());
            }
            catch (Exception e)
            {
                return Task.FromException<T>(e);
            }
        }
    }

    private sealed class Watcher
    {
        public Channel<bool> Wake { get; } = Channel.CreateUnbounded<bool>();
    }
}
