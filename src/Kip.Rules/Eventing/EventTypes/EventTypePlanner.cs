using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Resources.Messaging;
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

    // A reply comes from a Trigger or Subscription, which have no address of their own.
    private static readonly KindDefinition[] Kinds = [.. Addresses.Kinds, Trigger.Definition, Subscription.Definition];

    /// <summary>The object that an EventType refers to; null when it names none, or one of a kind that is not known.</summary>
    public static (KindDefinition Kind, NamespacedName Name)? ReferentOf(EventType type) =>
        type.Spec.Reference is { } reference && Addresses.KindOf(reference, Kinds) is { } kind
            ? (kind, new(string.IsNullOrEmpty(reference.Namespace) ? type.Metadata.Namespace : reference.Namespace, reference.Name ?? ""))
            : null;

    /// <summary>Decides what an EventType's status should say.</summary>
    public static Plan Plan(EventTypeView seen)
    {
        var conditions = Conditions.Take(seen.Type.Status.Conditions, seen.Now);
        conditions = seen switch
        {
            { Type.Spec.Reference: null } => conditions.MarkTrue(ReferenceExists, "ReferenceNotSet", "Reference is not set"),
            { Referent: not null } => conditions.MarkTrue(ReferenceExists),
            { Type.Spec.Reference: { } reference } when ReferentOf(seen.Type) is null => conditions.MarkUnknown(
                ReferenceExists, "ReferenceGetFailed", $"Failed to get {reference.Kind}: {reference.ApiVersion} {reference.Kind} is not known here"),
            _ => conditions.MarkFalse(ReferenceExists, "ResourceDoesNotExist",
                $"Resource {seen.Type.Spec.Reference!.Kind} \"{seen.Type.Spec.Reference.Name}\" does not exist"),
        };
        var status = seen.Type.Status with { ObservedGeneration = seen.Type.Metadata.Generation, Conditions = conditions.ToList() };
        return new Plan([], seen.Type with { Status = status });
    }
}
