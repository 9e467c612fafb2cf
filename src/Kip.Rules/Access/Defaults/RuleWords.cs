using Kip.Resources;
using Kip.Resources.Rbac;

namespace Kip.Rules.Access.Defaults;

/// <summary>Short words for the tables of roles that the platform brings.</summary>
internal static class RuleWords
{
    public const string ToAdmin = "rbac.authorization.k8s.io/aggregate-to-admin";
    public const string ToEdit = "rbac.authorization.k8s.io/aggregate-to-edit";
    public const string ToView = "rbac.authorization.k8s.io/aggregate-to-view";

    public static readonly ValueList<string> Read = ["get", "list", "watch"];
    public static readonly ValueList<string> Write = ["create", "delete", "deletecollection", "patch", "update"];
    public static readonly ValueList<string> All = ["*"];

    public static PolicyRule Rule(ValueList<string> verbs, ValueList<string> groups, params ValueList<string> resources) =>
        new() { Verbs = verbs, ApiGroups = groups, Resources = resources };

    public static PolicyRule Paths(ValueList<string> verbs, params ValueList<string> paths) => new() { Verbs = verbs, NonResourceUrls = paths };

    /// <summary>A role with its labels (each <c>true</c>) and its rules.</summary>
    public static ClusterRole Role(string name, ValueList<string> labels, params ValueList<PolicyRule> rules) => new()
    {
        Metadata = new() { Name = name, Labels = StringMap.From(labels.Select(static label => KeyValuePair.Create(label, "true"))) }, Rules = rules,
    };

    /// <summary>A role that gathers the rules of those with one of the labels.</summary>
    public static ClusterRole Gathering(string name, ValueList<string> labels, params ValueList<string> from) => Role(name, labels) with
    {
        AggregationRule = new()
        {
            ClusterRoleSelectors = from.Select(static label => new LabelSelector { MatchLabels = StringMap.Of((label, "true")) }).ToValueList(),
        },
    };
}
