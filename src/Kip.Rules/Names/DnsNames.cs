using Kip.Resources.Selectors;

namespace Kip.Rules.Names;

/// <summary>Names of hosts, in Knative's words.</summary>
public static class DnsNames
{
    /// <summary>A fully qualified domain name: at least two labels of at most 63 characters each. Null when the name is right, else what is wrong.</summary>
    public static string? CheckDomain(string name)
    {
        if (NameSyntax.SubdomainError(name) is { } wrong) return wrong;
        if (!name.Contains('.')) return "should be a domain with at least two segments separated by dots";
        foreach (var range in name.AsSpan().Split('.'))
            if (name.AsSpan()[range].Length > NameSyntax.LongestLabel) return $"\"{name.AsSpan()[range]}\": {NameSyntax.TooLong(NameSyntax.LongestLabel)}";
        return null;
    }
}
