using System.Runtime.InteropServices;
using Kip.Resources;
using Kip.Resources.Networking;
using Kip.Traffic.Activation;

namespace Kip.Traffic.Routing;

/// <summary>Makes one table after another, doing again only what has changed. Not safe for threads: it has one owner.</summary>
/// <param name="backend">The revision of a name; asked for every split.</param>
/// <param name="unused">Told of each revision that no route points to any more.</param>
public sealed class RouteTableBuilder(Func<NamespacedName, RevisionBackend> backend, Action<RevisionBackend>? unused = null)
{
    private readonly Dictionary<NamespacedName, CompiledIngress> _ingresses = [];
    private readonly Dictionary<string, CompiledIngress[]>?[] _claims = new Dictionary<string, CompiledIngress[]>?[RouteTable.ShardCount];
    private readonly HashSet<string> _changed = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the next table differs from the last.</summary>
    public bool HasChanges => _changed.Count > 0;

    /// <summary>Adds an ingress, or replaces it.</summary>
    public void Set(Ingress ingress)
    {
        // Most changes are of its status, which the gateway itself has written.
        if (_ingresses.TryGetValue(ingress.Key, out var present) && present.IsOf(ingress)) return;
        var compiled = CompiledIngress.Of(ingress, backend);
        foreach (var named in compiled.Backends) named.References++;
        Remove(ingress.Key);
        _ingresses[ingress.Key] = compiled;
        foreach (var host in compiled.Hosts.Keys) Claim(host, compiled);
    }

    /// <summary>Takes an ingress out.</summary>
    /// <returns>False when it was not in.</returns>
    public bool Remove(NamespacedName key)
    {
        if (!_ingresses.Remove(key, out var old)) return false;
        foreach (var host in old.Hosts.Keys) Unclaim(host, old);
        foreach (var named in old.Backends)
            if (--named.References == 0) unused?.Invoke(named);
        return true;
    }

    /// <summary>The present table.</summary>
    /// <param name="last">The table that this builder made before, or the empty one.</param>
    public RouteTable ToTable(RouteTable last, long version)
    {
        var changed = new Dictionary<int, Dictionary<string, HostRoutes>>();
        foreach (var host in _changed)
        {
            var index = RouteTable.ShardOf(host);
            if (!changed.TryGetValue(index, out var hosts)) changed.Add(index, hosts = last.Shards[index].Copy());
            if (_claims[index]!.TryGetValue(host, out var claimants)) hosts[host] = claimants[0].Hosts[host];
            else hosts.Remove(host);
        }
        _changed.Clear();
        var shards = last.Shards.ToArray();
        foreach (var (index, hosts) in changed) shards[index] = new(hosts);
        return new(version, shards);
    }

    private void Claim(string host, CompiledIngress ingress)
    {
        var claims = _claims[RouteTable.ShardOf(host)] ??= new(StringComparer.OrdinalIgnoreCase);
        // Nearly always one: an array of one is the least that it can be kept in.
        ref var claimants = ref CollectionsMarshal.GetValueRefOrAddDefault(claims, host, out _);
        claimants = claimants is null ? [ingress] : [.. claimants.Append(ingress).Order(CompiledIngress.OldestFirst)];
        _changed.Add(host);
    }

    private void Unclaim(string host, CompiledIngress ingress)
    {
        var claims = _claims[RouteTable.ShardOf(host)]!;
        var left = Array.FindAll(claims[host], other => other != ingress);
        if (left.Length == 0) claims.Remove(host);
        else claims[host] = left;
        _changed.Add(host);
    }
}
