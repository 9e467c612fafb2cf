using Kip.Resources;

namespace Kip.Traffic.Services;

/// <summary>The name of a Service as workloads write it: <c>NAME.NAMESPACE</c>, <c>NAME.NAMESPACE.svc</c> or <c>NAME.NAMESPACE.svc.cluster.local</c>.</summary>
public static class ClusterName
{
    public const string Domain = "cluster.local";

    /// <summary>What all full names end in.</summary>
    public const string Suffix = ".svc." + Domain;

    /// <summary>Reads a host without a port. False when it is not of one of the three forms.</summary>
    public static bool TryParse(ReadOnlySpan<char> host, out NamespacedName name)
    {
        name = default;
        if (host.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase)) host = host[..^Suffix.Length];
        else if (host.EndsWith(".svc", StringComparison.OrdinalIgnoreCase)) host = host[..^4];
        var dot = host.IndexOf('.');
        if (dot <= 0 || dot == host.Length - 1 || host[(dot + 1)..].Contains('.')) return false;
        name = new(host[(dot + 1)..].ToString().ToLowerInvariant(), host[..dot].ToString().ToLowerInvariant());
        return true;
    }

    /// <summary>Whether a host can only be one of this platform's: it ends in <c>.svc</c> or <c>.svc.cluster.local</c>.</summary>
    public static bool IsInside(ReadOnlySpan<char> host) =>
        host.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase) || host.EndsWith(".svc", StringComparison.OrdinalIgnoreCase);
}
