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
    private readonly string? _uid;
    private readonly DateTimeOffset? _created;
    private readonly IngressSpec _spec;

    private CompiledIngress(Ingress ingress, Dictionary<string, HostRoutes> hosts, IEnumerable<PathRoute> paths)
    {
        _key = ingress.Key;
        _uid = ingress.Metadata.Uid;
        _spec = ingress.Spec;
        _created = ingress.Metadata.CreationTimestamp;
        Hosts = hosts;
        Backends = paths.SelectMany(static path => path.Targets).Select(static target => target.Backend).Distinct().ToArray();
    }

    public Dictionary<string, HostRoutes> Hosts { get; }

    /// <summary>The revisions it names, each once.</summary>
    public IReadOnlyList<RevisionBackend> Backends { get; }

    /// <summary>Whether a state of the ingress would be compiled to the same.</summary>
    public bool IsOf(Ingress ingress) => ingress.Metadata.Uid == _uid && ingress.Spec == _spec;

    public static CompiledIngress Of(Ingress ingress, Func<NamespacedName, RevisionBackend> backend)
    {
        var all = new List<PathRoute>();
        var hosts = new Dictionary<string, HostRoutes>(StringComparer.OrdinalIgnoreCase);
        foreach (var rule in ingress.Spec.Rules)
        {
            PathRoute[] paths =
            [
                .. (rule.Http?.Paths ?? default).Select(path => new PathRoute(path, backend))
                    .OrderByDescending(static p => p.Prefix.Length).ThenByDescending(static p => p.Headers.Count),
            ];
            all.AddRange(paths);
            HostRoutes? last = null;
            foreach (var host in rule.Hosts)
            {
                var routes = Routes(ingress, rule, host, paths);
                if (last is not null && last.RedirectToHttps == routes.RedirectToHttps) routes = last;
                last = routes;
                hosts.TryAdd(host, routes);
                // Inside, a name is also good without its last parts.
                if (!host.EndsWith(ClusterName.Suffix, StringComparison.OrdinalIgnoreCase)) continue;
                hosts.TryAdd(host[..^(ClusterName.Domain.Length + 1)], routes);
                hosts.TryAdd(host[..^ClusterName.Suffix.Length], routes);
            }
        }
        return new(ingress, hosts, all);
    }

    private static HostRoutes Routes(Ingress ingress, IngressRule rule, string host, PathRoute[] paths)
    {
        var redirect = ingress.Spec.HttpOption == "Redirected"
            && ingress.Spec.Tls.Any(tls => tls.Hosts.Any(secured => string.Equals(secured, host, StringComparison.OrdinalIgnoreCase)));
        return new(ingress, rule.Visibility == "ClusterLocal", redirect, paths);
    }
}
