using Kip.Resources;
using Kip.Rules.Serving;

namespace Kip.Controllers.Serving;

/// <summary>Which objects say that a Route refers to them, found by the Route: kept from the changes as they are seen.</summary>
internal sealed class MarkIndex
{
    private readonly Lock _lock = new();
    private readonly Dictionary<NamespacedName, HashSet<NamespacedName>> _marked = [];

    /// <summary>Notes the Routes that an object names, and gives their keys.</summary>
    public IReadOnlyList<NamespacedName> Note(Resource resource)
    {
        var routes = RouteList.Of(resource.Metadata);
        if (routes.Length == 0) return [];
        NamespacedName[] keys = [.. routes.Select(r => new NamespacedName(resource.Metadata.Namespace, r))];
        lock (_lock)
        {
            foreach (var key in keys)
            {
                if (!_marked.TryGetValue(key, out var marked)) _marked.Add(key, marked = []);
                marked.Add(resource.Key);
            }
        }
        return keys;
    }

    /// <summary>The objects that name a Route, looked up; what no longer exists or no longer names it is forgotten.</summary>
    public IReadOnlyList<T> Of<T>(NamespacedName route, Func<NamespacedName, T?> get) where T : Resource
    {
        lock (_lock)
        {
            if (!_marked.TryGetValue(route, out var marked)) return [];
            var found = new List<T>(marked.Count);
            foreach (var key in marked)
                if (get(key) is { } resource && RouteList.Of(resource.Metadata).Contains(route.Name)) found.Add(resource);
                else marked.Remove(key);
            if (marked.Count == 0) _marked.Remove(route);
            return found;
        }
    }
}
