using Kip.Resources;
using Kip.Resources.Networking;
using Kip.Traffic.Activation;
using Kip.Traffic.Services;

namespace Kip.Traffic.Routing;

/// <summary>One Ingress as the table needs it: the routes of each of its hosts.</summary>
internal sealed class CompiledIngress
{
    /// <summary>Decides who has a host that two claim: the older, then the first by name.</summary>
    public static readonly IComparer<CompiledIngress> OldestFirst = Comparer<CompiledIngress>.Create(static (a, b) =>
    {
        var age = Nullable.Compare(a._created, b._created);
        return age != 0 ? age : string.CompareOrdinal(a._key.ToString(), b._key.ToString());
    });

    private readonly NamespacedName _key;
    private readonly DateTimeOffset? _created;

    private CompiledIngress(Ingress ingress)
    {
        _key = ingress.Key;
        _created = ingress.Metadata.CreationTimestamp;
    }

    public Dictionary<string, HostRoutes> Hosts { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The revisions it names.</summary>
    public HashSet<RevisionBackend> Backends { get; } = [];

    public static CompiledIngress Of(Ingress ingress, Func<NamespacedName, RevisionBackend> backend)
    {
        var compiled = new CompiledIngress(ingress);
        foreach (var rule in ingress.Spec.Rules)
        {
            PathRoute[] paths = [.. (rule.Http?.Paths ?? default).Select(path => new PathRoute(path, backend))];
            compiled.Backends.UnionWith(paths.SelectMany(static path => path.Targets).Select(static target => target.Backend));
            foreach (var host in rule.Hosts)
            {
                compiled.Hosts.TryAdd(host, Routes(ingress, rule, host, paths));
                // Inside, a name is also good without its last parts.
                if (!host.EndsWith(ClusterName.Suffix, StringComparison.OrdinalIgnoreCase)) continue;
                compiled.Hosts.TryAdd(host[..^(ClusterName.Domain.Length + 1)], Routes(ingress, rule, host, paths));
                compiled.Hosts.TryAdd(host[..^ClusterName.Suffix.Length], Routes(ingress, rule, host, paths));
            }
        }
        return compiled;
    }

    private static HostRoutes Routes(Ingress ingress, IngressRule rule, string host, PathRoute[] paths)
    {
        var redirect = ingress.Spec.HttpOption == "Redirected"
            && ingress.Spec.Tls.Any(tls => tls.Hosts.Any(secured => string.Equals(secured, host, StringComparison.OrdinalIgnoreCase)));
        return new(ingress, rule.Visibility == "ClusterLocal", redirect, paths);
    }
}
