using System.Runtime.InteropServices;
using Kip.Resources;
using Kip.Rules.Serving;

namespace Kip.Controllers.Serving;

/// <summary>Which objects say that a Route refers to them, found by the Route: kept from the changes as they are seen.</summary>
internal sealed class MarkIndex
{
    private readonly Lock _lock = new();
    private readonly Dictionary<NamespacedName, KeySet> _marked = [];

    /// <summary>Notes the Routes that an object names, and gives their keys.</summary>
    public IReadOnlyList<NamespacedName> Note(Resource resource)
    {
        var routes = RouteList.Of(resource.Metadata);
        if (routes.Length == 0) return [];
        NamespacedName[] keys = [.. routes.Select(r => new NamespacedName(resource.Metadata.Namespace, r))];
        lock (_lock)
        {
            foreach (var key in keys) CollectionsMarshal.GetValueRefOrAddDefault(_marked, key, out _).Add(resource.Key);
        }
        return keys;
    }

    /// <summary>The objects that name a Route, looked up; what no longer exists or no longer names it is forgotten.</summary>
    public IReadOnlyList<T> Of<T>(NamespacedName route, Func<NamespacedName, T?> get) where T : Resource
    {
        lock (_lock)
        {
            if (!_marked.TryGetValue(route, out var marked)) return [];
            var found = new List<T>(1);
            foreach (var key in marked.ToArray())
                if (get(key) is { } resource && RouteList.Of(resource.Metadata).Contains(route.Name)) found.Add(resource);
                else marked.Remove(key);
            if (marked.IsEmpty) _marked.Remove(route);
            else _marked[route] = marked;
            return found;
        }
    }
}
