using Kip.Resources;
using Kip.Resources.Networking;
using Microsoft.AspNetCore.Http;

namespace Kip.Traffic.Routing;

/// <summary>What one host serves: its paths in the order in which they are tried.</summary>
public sealed class HostRoutes
{
    // Not the whole object: its later states have the same spec, and the first would be kept for nothing else.
    private readonly IngressSpec _spec;

    /// <param name="paths">In the order in which they are tried; shared with the rule's other hosts.</param>
    internal HostRoutes(Ingress ingress, bool clusterLocal, bool redirectToHttps, PathRoute[] paths)
    {
        (Ingress, _spec) = (ingress.Key, ingress.Spec);
        IsClusterLocal = clusterLocal;
        RedirectToHttps = redirectToHttps;
        Paths = paths;
        Only = paths is [{ MatchesAll: true } only] ? only : null;
    }

    /// <summary>The Ingress that declares the host.</summary>
    public NamespacedName Ingress { get; }

    /// <summary>What a probe is told that asks for the version of that Ingress.</summary>
    public string Hash => IngressHash.Of(_spec, Ingress);

    /// <summary>Whether only clients inside the platform may reach it.</summary>
    public bool IsClusterLocal { get; }

    /// <summary>Whether plain HTTP is answered with a redirection.</summary>
    public bool RedirectToHttps { get; }

    /// <summary>The route of every request, if there is only one that takes all of them.</summary>
    public PathRoute? Only { get; }

    /// <summary>The longest prefix first; of the same prefix the one with more header conditions first.</summary>
    public IReadOnlyList<PathRoute> Paths { get; }

    /// <summary>The first path whose prefix and header conditions fit, or null.</summary>
    public PathRoute? Match(string path, IHeaderDictionary headers)
    {
        if (Only is not null) return Only;
        foreach (var route in Paths)
            if (route.Matches(path, headers)) return route;
        return null;
    }
}
