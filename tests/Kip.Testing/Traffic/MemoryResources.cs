using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Kip.Client;
using Kip.Resources;

namespace Kip.Testing.Traffic;

/// <summary>Objects in a dictionary with one version counter: enough of an API for informers and status writes, and nothing of its rules.</summary>
public sealed class MemoryResources : IResources
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(KindDefinition Kind, NamespacedName Name), Resource> _objects = [];
    private readonly List<(KindDefinition Kind, Channel<WatchEvent> Events)> _watches = [];
    private long _version;

    /// <summary>Stores an object, whether it was there or not, and tells those who watch.</summary>
    public T Put<T>(T resource) where T : Resource
    {
        lock (_lock)
        {
            var key = (resource.GetDefinition(), resource.Key);
            var known = _objects.ContainsKey(key);
            var stored = Stamp(resource);
            _objects[key] = stored;
            Tell_NeedsLock(new(known ? WatchEventType.Modified : WatchEventType.Added, stored));
            return (T)stored;
        }
    }

    /// <summary>Takes an object out; nothing happens when there is none.</summary>
    public void Remove(KindDefinition kind, NamespacedName name)
    {
        lock (_lock)
        {
            if (_objects.Remove((kind, name), out var gone)) Tell_NeedsLock(new(WatchEventType.Deleted, Stamp(gone)));
        }
    }

    public Task<Resource?> GetAsync(KindDefinition kind, NamespacedName name, CancellationToken cancel)
    {
        lock (_lock) return Task.FromResult(_objects.GetValueOrDefault((kind, name)));
    }

    public Task<ResourceList> ListAsync(KindDefinition kind, ListOptions options, CancellationToken cancel)
    {
        lock (_lock)
        {
            return Task.FromResult(new ResourceList([.. _objects.Where(o => o.Key.Kind == kind).Select(o => o.Value)], _version.ToString()));
        }
    }

    public async IAsyncEnumerable<WatchEvent> WatchAsync(KindDefinition kind, ListOptions options, [EnumeratorCancellation] CancellationToken cancel)
    {
        var events = Channel.CreateUnbounded<WatchEvent>();
        lock (_lock)
        {
            // What changed since the list is told again: an informer knows it by its version.
            foreach (var present in _objects.Where(o => o.Key.Kind == kind)) events.Writer.TryWrite(new(WatchEventType.Modified, present.Value));
            _watches.Add((kind, events));
        }
        while (await events.Reader.WaitToReadAsync(cancel))
            while (events.Reader.TryRead(out var step)) yield return step;
    }

    public Task<Resource> CreateAsync(Resource resource, CancellationToken cancel) => Task.FromResult(Put(resource));

    public Task<Resource> UpdateAsync(Resource resource, CancellationToken cancel) => Task.FromResult(Put(resource));

    public Task<Resource> UpdateStatusAsync(Resource resource, CancellationToken cancel)
    {
        lock (_lock)
        {
            var kind = resource.GetDefinition();
            if (!_objects.TryGetValue((kind, resource.Key), out var present)) throw ApiException.NotFound(kind, resource.Key.Name);
            if (present.Metadata.ResourceVersion != resource.Metadata.ResourceVersion)
                throw ApiException.Conflict(kind, resource.Key.Name, "it has changed");
            return Task.FromResult(Put(resource));
        }
    }

    public Task<Resource> PatchAsync(KindDefinition kind, NamespacedName name, Patch patch, CancellationToken cancel) =>
        throw new NotSupportedException("patches are not part of this fake");

    public Task ScaleAsync(KindDefinition kind, NamespacedName name, int replicas, CancellationToken cancel) =>
        throw new NotSupportedException("scaling is not part of this fake");

    public Task DeleteAsync(KindDefinition kind, NamespacedName name, DeleteOptions options, CancellationToken cancel)
    {
        Remove(kind, name);
        return Task.CompletedTask;
    }

    private T Stamp<T>(T resource) where T : Resource
    {
        var version = ++_version;
        var meta = resource.Metadata with { ResourceVersion = version.ToString(), Uid = resource.Metadata.Uid ?? $"uid-{version}" };
        return resource with { Metadata = meta };
    }

    private void Tell_NeedsLock(WatchEvent step)
    {
        foreach (var (kind, events) in _watches)
            if (kind == step.Object.GetDefinition()) events.Writer.TryWrite(step);
    }
}
