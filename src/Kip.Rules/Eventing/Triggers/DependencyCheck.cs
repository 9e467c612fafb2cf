using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Eventing;
using Kip.Rules.Admission.Eventing;
using Kip.Rules.Conditions;
using Kip.Rules.Eventing.Destinations;

namespace Kip.Rules.Eventing.Triggers;

/// <summary>A Trigger may wait for an object, a source as a rule, to be ready first.</summary>
public static class DependencyCheck
{
    /// <summary>The object that a Trigger waits for; null when it waits for none, or for one of a kind that is not known here.</summary>
    public static (KindDefinition Kind, NamespacedName Name)? Of(Trigger trigger) =>
        Read(trigger) is { Name.Length: > 0 } source && KindOf(source) is { } kind
            ? (kind, new(trigger.Metadata.Namespace, source.Name))
            : null;

    internal static LivingConditions Mark(TriggerView seen, LivingConditions conditions)
    {
        const string type = TriggerPlanner.DependencyReady;
        if (!seen.Trigger.Metadata.Annotations.ContainsKey(EventingAnnotations.Dependency)) return conditions.MarkTrue(type);
        if (Read(seen.Trigger) is not { } source)
            return conditions.MarkFalse(type, "ReferenceError", "Unable to unmarshal objectReference from dependency annotation of trigger");
        if (KindOf(source) is null)
            return conditions.MarkUnknown(type, "ListerDoesNotExist", $"Failed to retrieve lister: {source.ApiVersion} {source.Kind} is not known here");
        if (seen.Dependency is not { } dependency)
            return conditions.MarkFalse(type, "DependencyDoesNotExist", $"Dependency does not exist: {source.Kind} \"{source.Name}\" not found");
        if (Addresses.ObservedGenerationOf(dependency) != dependency.Metadata.Generation)
            return conditions.MarkUnknown(type, "GenerationNotEqual",
                $"The dependency's metadata.generation, \"{dependency.Metadata.Generation}\", is not equal to its status.observedGeneration, "
                + $"\"{Addresses.ObservedGenerationOf(dependency)}\".");
        return conditions.Copy(type, Addresses.ReadyOf(dependency));
    }

    private static ObjectReference? Read(Trigger trigger) =>
        trigger.Metadata.Annotations.Get(EventingAnnotations.Dependency) is { } text ? TriggerAdmission.ReadDependency(text) : null;

    private static KindDefinition? KindOf(ObjectReference source) => Addresses.KindOf(new() { ApiVersion = source.ApiVersion, Kind = source.Kind });
}
