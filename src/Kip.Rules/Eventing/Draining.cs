using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Resources.Planning;

namespace Kip.Rules.Eventing;

/// <summary>Keeps an object that is being deleted until its events are delivered, where it was asked for.</summary>
/// <remarks>
/// The annotation is <see cref="EventingAnnotations.Deletion"/>; a finalizer stands for it. Admission sets it in the write that asks for it, so that
/// no deletion outruns the wait; the planners set it where another API server stores the objects, and remove it.
/// </remarks>
internal static class Draining
{
    public const string FinalizerName = "kip.dev/drain";

    // The data plane tells when it is done; this look is for a telling that was missed.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    /// <summary>What to do for an object on its way out; null for one that stays.</summary>
    /// <param name="isDrained">Whether every one of its events has been delivered or has become a dead letter.</param>
    public static Plan? Plan(Resource resource, bool isDrained)
    {
        if (resource.Metadata.DeletionTimestamp is null) return null;
        if (!IsHeld(resource)) return Resources.Planning.Plan.Nothing;
        // Changing the annotation to drop ends the wait.
        if (!isDrained && IsAsked(resource)) return new Plan([], null, LookAgain);
        return new Plan([new Edit.Update(WithoutFinalizer(resource))]);
    }

    /// <summary>Sets or removes the finalizer of an object that stays.</summary>
    public static ValueList<Edit> Finalizer(Resource resource)
    {
        if (IsHeld(resource) == IsAsked(resource)) return [];
        return [new Edit.Update(IsHeld(resource) ? WithoutFinalizer(resource) : Hold(resource))];
    }

    /// <summary>An object that stays and asks for the wait, with the finalizer; every other as it is.</summary>
    public static Resource Hold(Resource resource) =>
        resource.Metadata.DeletionTimestamp is null && IsAsked(resource) && !IsHeld(resource)
            ? With(resource, [.. resource.Metadata.Finalizers, FinalizerName])
            : resource;

    /// <summary>Whether the finalizer holds an object.</summary>
    public static bool IsHeld(Resource resource) => resource.Metadata.Finalizers.Contains(FinalizerName);

    /// <summary>Whether an object asks for the wait.</summary>
    public static bool IsAsked(Resource resource) =>
        resource.Metadata.Annotations.Get(EventingAnnotations.Deletion) == DeletionPolicies.Drain;

    private static Resource WithoutFinalizer(Resource resource) =>
        With(resource, resource.Metadata.Finalizers.Where(static f => f != FinalizerName).ToValueList());

    private static Resource With(Resource resource, ValueList<string> finalizers) =>
        resource with { Metadata = resource.Metadata with { Finalizers = finalizers } };
}
