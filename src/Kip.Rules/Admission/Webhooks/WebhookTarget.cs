using Kip.Resources;
using Kip.Resources.AdmissionRegistration;
using Kip.Resources.Selectors;

namespace Kip.Rules.Admission.Webhooks;

/// <summary>A write as webhooks choose it.</summary>
/// <param name="Operation"><c>CREATE</c>, <c>UPDATE</c> or <c>DELETE</c>.</param>
/// <param name="Requested">The kind in the version in which the client wrote.</param>
/// <param name="Versions">The kind in all versions that are served.</param>
/// <param name="Subresource">Null for the object itself.</param>
/// <param name="SpaceLabels">The labels of the object's namespace, or of the namespace that it is; null for other objects without a namespace.</param>
/// <param name="Labels">The labels of the object, before and after: one of them must match.</param>
public sealed record WebhookTarget(
    string Operation, KindDefinition Requested, IReadOnlyList<KindDefinition> Versions, string? Subresource, StringMap? SpaceLabels,
    IReadOnlyList<StringMap> Labels)
{
    /// <summary>The version in which a webhook is to see the object; null: it is not asked.</summary>
    /// <remarks>Of several versions that a webhook would take, the one in which the client wrote.</remarks>
    public KindDefinition? VersionFor(Webhook webhook)
    {
        if (!Selects(webhook.NamespaceSelector, SpaceLabels is { } space ? [space] : null) || !Selects(webhook.ObjectSelector, Labels)) return null;
        if (webhook.Rules.Any(rule => Matches(rule, Requested))) return Requested;
        return webhook.MatchPolicy == "Exact" ? null : Versions.FirstOrDefault(version => webhook.Rules.Any(rule => Matches(rule, version)));
    }

    private static bool Selects(LabelSelector? selector, IReadOnlyList<StringMap>? labels)
    {
        if (selector is null || labels is null) return true;
        var query = LabelQuery.From(selector);
        return query.IsEverything || labels.Any(query.Matches);
    }

    private bool Matches(RuleWithOperations rule, KindDefinition kind) =>
        Has(rule.Operations, Operation) && Has(rule.ApiGroups, kind.Group) && Has(rule.ApiVersions, kind.Version)
        && rule.Resources.Any(resource => Names(resource, kind))
        && (rule.Scope is null or "*" || rule.Scope == (kind.Namespaced ? "Namespaced" : "Cluster"));

    // pods, pods/status, */status, pods/*, */*; a star alone is every resource, and none of their sides.
    private bool Names(string resource, KindDefinition kind)
    {
        var (plural, side) = resource.Split('/') is [var first, var second] ? (first, second) : (resource, null);
        return (plural == "*" || plural == kind.Plural) && (side == "*" || side == Subresource);
    }

    private static bool Has(ValueList<string> values, string value) => values.Contains("*") || values.Contains(value);
}
