using Kip.Resources;
using Kip.Resources.Serving;
using Kip.Rules.Conditions;

namespace Kip.Rules.Serving.Routes;

/// <summary>A target with the Revision it stands for now.</summary>
/// <param name="Target">As it will be shown in the status: revision name and percentage filled in, no configuration name, no URL
/// yet.</param>
/// <param name="Protocol"><c>http1</c> or <c>h2c</c>.</param>
/// <param name="Configuration">Whose latest ready Revision it is; null when the target names a Revision.</param>
public sealed record ResolvedTarget(TrafficTarget Target, string Protocol, string? Configuration = null);

/// <summary>All targets of a Route as Revisions; or none, and the problem.</summary>
public sealed record TrafficResolution(ValueList<ResolvedTarget> Targets, TrafficProblem? Problem);

/// <summary>Why a Route's traffic cannot be assigned, as its condition AllTrafficAssigned says it.</summary>
/// <param name="Status">False when it needs somebody to act, Unknown when it may pass.</param>
public sealed record TrafficProblem(string Status, string Reason, string Message)
{
    internal static TrafficProblem Missing(string kind, string name) =>
        new(ConditionStatus.False, $"{kind}Missing", $"{kind} \"{name}\" referenced in traffic not found.");

    internal static TrafficProblem NotReady(Configuration configuration) => configuration.Status.Conditions.IsFalse(ConditionSet.Ready)
        ? new(ConditionStatus.False, "RevisionMissing",
            $"Configuration \"{configuration.Metadata.Name}\" does not have any ready Revision.")
        : new(ConditionStatus.Unknown, "RevisionMissing",
            $"Configuration \"{configuration.Metadata.Name}\" is waiting for a Revision to become ready.");

    internal static TrafficProblem NotReady(Revision revision) => revision.Status.Conditions.IsFalse(ConditionSet.Ready)
        ? new(ConditionStatus.False, "RevisionMissing", $"Revision \"{revision.Metadata.Name}\" failed to become ready.")
        : new(ConditionStatus.Unknown, "RevisionMissing", $"Revision \"{revision.Metadata.Name}\" is not yet ready.");
}
