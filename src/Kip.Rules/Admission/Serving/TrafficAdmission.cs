using Kip.Resources;
using Kip.Resources.Selectors;
using Kip.Resources.Serving;

namespace Kip.Rules.Admission.Serving;

/// <summary>Defaults and rules of traffic targets.</summary>
internal static class TrafficAdmission
{
    private static readonly ValueList<TrafficTarget> AllToLatest = [new TrafficTarget { Percent = 100, LatestRevision = true }];

    public static ValueList<TrafficTarget> Default(ValueList<TrafficTarget> traffic, bool isService)
    {
        if (traffic.IsEmpty) return isService ? AllToLatest : traffic;
        return traffic.All(static t => t.LatestRevision is not null)
            ? traffic
            : traffic.Select(static t => t.LatestRevision is null ? t with { LatestRevision = string.IsNullOrEmpty(t.RevisionName) } : t)
                .ToValueList();
    }

    public static void Validate(ValueList<TrafficTarget> traffic, bool isService, FieldErrors errors)
    {
        if (traffic.IsEmpty)
        {
            errors.Missing("traffic");
            return;
        }
        var sum = 0L;
        var tags = new Dictionary<string, int>();
        for (var i = 0; i < traffic.Count; i++)
        {
            using (errors.In("traffic", i)) ValidateOne(traffic[i], isService, errors);
            sum += traffic[i].Percent ?? 0;
            if (traffic[i].Tag is { Length: > 0 } tag && !tags.TryAdd(tag, i))
                errors.Say($"Multiple definitions for \"{tag}\"", $"traffic[{tags[tag]}].tag", $"traffic[{i}].tag");
        }
        if (sum != 100) errors.Say($"Traffic targets sum to {sum}, want 100", "traffic");
    }

    private static void ValidateOne(TrafficTarget target, bool isService, FieldErrors errors)
    {
        if (target.Percent is < 0 or > 100) errors.OutOfBounds(target.Percent, 0, 100, "percent");
        if (!string.IsNullOrEmpty(target.Tag) && NameSyntax.Label1035Error(target.Tag) is { } wrong)
            errors.Invalid($"not a DNS 1035 label: [{wrong}]", "tag");
        if (!string.IsNullOrEmpty(target.Url)) errors.Disallowed("url");
        var hasRevision = !string.IsNullOrEmpty(target.RevisionName);
        var hasConfiguration = !string.IsNullOrEmpty(target.ConfigurationName);
        CheckName(target.RevisionName, "revisionName", errors);
        CheckName(target.ConfigurationName, "configurationName", errors);
        if (isService)
        {
            if (hasConfiguration) errors.Disallowed("configurationName");
        }
        else if (hasRevision && hasConfiguration) errors.GotBoth("revisionName", "configurationName");
        else if (!hasRevision && !hasConfiguration) errors.GotNeither("revisionName", "configurationName");
        if (target.LatestRevision is { } latest && latest == hasRevision)
            errors.Say($"may not set revisionName \"{target.RevisionName}\" when latestRevision is {(latest ? "true" : "false")}", "latestRevision");
    }

    private static void CheckName(string? name, string field, FieldErrors errors)
    {
        if (!string.IsNullOrEmpty(name) && NameSyntax.SubdomainError(name) is { } wrong) errors.InvalidKey(name, field, wrong);
    }
}
