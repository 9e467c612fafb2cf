using Kip.Resources;
using Kip.Resources.Rbac;

namespace Kip.Rules.Access;

/// <summary>Whether a rule allows a request, as Kubernetes' RBAC has it.</summary>
public static class RuleMatch
{
    private const string All = "*";

    public static bool Allows(PolicyRule rule, in AccessRequest asked) =>
        Has(rule.Verbs, asked.Verb) && (asked.IsResource
            ? Has(rule.ApiGroups, asked.Group) && HasResource(rule.Resources, asked.Resource, asked.Subresource)
                && (rule.ResourceNames.IsEmpty || rule.ResourceNames.Contains(asked.Name))
            : HasPath(rule.NonResourceUrls, asked.Path));

    private static bool Has(ValueList<string> list, string wanted)
    {
        foreach (var each in list)
            if (each == All || each == wanted) return true;
        return false;
    }

    private static bool HasResource(ValueList<string> resources, string resource, string subresource)
    {
        foreach (var each in resources)
            if (each == All || Matches(each, resource, subresource)) return true;
        return false;
    }

    private static bool Matches(string stated, string resource, string subresource)
    {
        if (subresource.Length == 0) return stated == resource;
        var slash = stated.Length - subresource.Length - 1;
        if (slash <= 0 || stated[slash] != '/' || !stated.EndsWith(subresource, StringComparison.Ordinal)) return false;
        var before = stated.AsSpan(0, slash);
        return before.SequenceEqual(All) || before.SequenceEqual(resource);
    }

    private static bool HasPath(ValueList<string> paths, string path)
    {
        foreach (var each in paths)
            if (each == All || each == path || (each.EndsWith('*') && path.AsSpan().StartsWith(each.AsSpan(0, each.Length - 1)))) return true;
        return false;
    }
}
