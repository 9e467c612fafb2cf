using Kip.Resources;
using Kip.Resources.Networking;
using Kip.Traffic.Activation;
using Microsoft.AspNetCore.Http;

namespace Kip.Traffic.Routing;

/// <summary>One path of a host: when it fits, and to which revisions its requests go in which proportion.</summary>
public sealed class PathRoute
{
    private readonly int[] _bounds;

    internal PathRoute(HttpIngressPath path, Func<NamespacedName, RevisionBackend> backend)
    {
        Prefix = path.Path ?? "";
        Headers = path.Headers;
        MatchesAll = Prefix is "" or "/" && Headers.Count == 0;
        // A single split may leave its percentage out: it gets everything.
        var splits = path.Splits is [{ Percent: 0 }] ? [path.Splits[0] with { Percent = 100 }] : path.Splits;
        Targets = splits.Where(static s => s.Percent > 0).Select(s => new SplitTarget(path, s, backend(Name(s)))).ToArray();
        _bounds = Targets.Count > 1 ? new int[Targets.Count] : [];
        var sum = 0;
        for (var i = 0; i < _bounds.Length; i++) _bounds[i] = sum += Targets[i].Percent;
    }

    /// <value>Empty for any path.</value>
    public string Prefix { get; }

    /// <summary>Header name to the exact value it must have.</summary>
    public StringMap Headers { get; }

    public bool MatchesAll { get; }

    public IReadOnlyList<SplitTarget> Targets { get; }

    public bool Matches(string path, IHeaderDictionary headers)
    {
        if (!path.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        foreach (var (name, value) in Headers)
            if (headers[name] != value) return false;
        return true;
    }

    /// <summary>Chooses the target of one request, at random by the percentages. Null when there is none.</summary>
    public SplitTarget? Pick(Random random)
    {
        if (_bounds.Length == 0) return Targets.Count == 0 ? null : Targets[0];
        var drawn = random.Next(_bounds[^1]);
        var i = 0;
        while (drawn >= _bounds[i]) i++;
        return Targets[i];
    }

    private static NamespacedName Name(IngressBackendSplit split) => new(split.ServiceNamespace, split.ServiceName);
}
