using Kip.Resources.Networking;
using Kip.Traffic.Activation;

namespace Kip.Traffic.Routing;

/// <summary>Which host is served how: one immutable table that a request reads once, so it sees either the old or the new routes.</summary>
/// <remarks>Hosts are spread over shards by hash, so that a change costs its own shards and not the whole table.</remarks>
public sealed class RouteTable
{
    internal const int ShardCount = 256;

    /// <summary>A table that serves nothing.</summary>
    public static readonly RouteTable Empty = new(0, [.. Enumerable.Repeat(Shard.Empty, ShardCount)]);

    private readonly Shard[] _shards;

    internal RouteTable(long version, Shard[] shards)
    {
        Version = version;
        _shards = shards;
    }

    /// <summary>Grows with every change.</summary>
    public long Version { get; }

    /// <summary>How many hosts are served.</summary>
    public int HostCount => _shards.Sum(static shard => shard.Hosts.Count);

    internal ReadOnlySpan<Shard> Shards => _shards;

    /// <summary>The table for these ingresses. Of several that claim a host the oldest has it.</summary>
    /// <param name="version">Told by <see cref="Version"/>.</param>
    /// <param name="backend">The revision that a split names.</param>
    public static RouteTable Build(IEnumerable<Ingress> ingresses, Func<Resources.NamespacedName, RevisionBackend> backend, long version = 1)
    {
        var builder = new RouteTableBuilder(backend);
        foreach (var ingress in ingresses) builder.Set(ingress);
        return builder.ToTable(Empty, version);
    }

    /// <summary>The routes of a host, which may carry a port. Null when it is not served.</summary>
    public HostRoutes? Find(ReadOnlySpan<char> authority)
    {
        var host = HostName.WithoutPort(authority);
        return _shards[ShardOf(host)].Lookup.TryGetValue(host, out var routes) ? routes : null;
    }

    internal static int ShardOf(ReadOnlySpan<char> host) => string.GetHashCode(host, StringComparison.OrdinalIgnoreCase) & (ShardCount - 1);

    /// <summary>The hosts whose hash is the same in its last bits.</summary>
    internal sealed class Shard
    {
        public static readonly StringComparer Comparer = StringComparer.OrdinalIgnoreCase;

        public static readonly Shard Empty = new(new(Comparer));

        // Not a frozen one: it is made anew for each change of a few of its hosts, and to freeze it takes longer than all else that a change takes.
        private readonly Dictionary<string, HostRoutes> _hosts;

        /// <param name="hosts">By <see cref="Comparer"/>, and not to be changed any more.</param>
        public Shard(Dictionary<string, HostRoutes> hosts)
        {
            _hosts = hosts;
            Lookup = hosts.GetAlternateLookup<ReadOnlySpan<char>>();
        }

        public IReadOnlyDictionary<string, HostRoutes> Hosts => _hosts;

        public Dictionary<string, HostRoutes>.AlternateLookup<ReadOnlySpan<char>> Lookup { get; }

        /// <summary>The same hosts, to be changed and made a shard of.</summary>
        public Dictionary<string, HostRoutes> Copy() => new(_hosts, Comparer);
    }
}
