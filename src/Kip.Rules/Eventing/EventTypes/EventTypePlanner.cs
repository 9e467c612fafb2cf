using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Resources.Planning;
using Kip.Rules.Conditions;
using Kip.Rules.Eventing.Destinations;

namespace Kip.Rules.Eventing.EventTypes;

/// <summary>What the EventType planner sees.</summary>
public sealed record EventTypeView
{
    public required EventType Type { get; init; }

    /// <summary>The object that <c>spec.reference</c> names; null when there is none, or none is named.</summary>
    public Resource? Referent { get; init; }
    public required DateTimeOffset Now { get; init; }
}

/// <summary>Says whether the thing that an EventType's events come from exists.</summary>
public static class EventTypePlanner
{
    public const string ReferenceExists = "ReferenceExists";

    public static readonly ConditionSet Conditions = ConditionSet.Living(ReferenceExists);

    /// <summary>Decides what an EventType's status should say.</summary>
    public static Plan Plan(EventTypeView seen)
    {
        var conditions = Conditions.Take(seen.Type.Status.Conditions, seen.Now);
        conditions = seen switch
        {
            { Type.Spec.Reference: null } => conditions.MarkTrue(ReferenceExists, "ReferenceNotSet", "Reference is not set"),
            { Referent: not null } => conditions.MarkTrue(ReferenceExists),
            { Type.Spec.Reference: { } reference } when Addresses.KindOf(reference) is null => conditions.MarkUnknown(
                ReferenceExists, "ReferenceGetFailed", $"Failed to get {reference.Kind}: {reference.ApiVersion} {reference.Kind} is not known here"),
            _ => conditions.MarkFalse(ReferenceExists, "ResourceDoesNotExist",
                $"Resource {seen.Type.Spec.Reference!.Kind} \"{seen.Type.Spec.Reference.Name}\" does not exist"),
        };
        var status = seen.Type.Status with { ObservedGeneration = seen.Type.Metadata.Generation, Conditions = conditions.ToList() };
        return new Plan([], seen.Type with { Status = status });
    }
}
