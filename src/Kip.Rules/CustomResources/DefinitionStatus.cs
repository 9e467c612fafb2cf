using Kip.Resources;
using Kip.Resources.ApiExtensions;
using Kip.Rules.Conditions;

namespace Kip.Rules.CustomResources;

/// <summary>What a definition's status says: which of its names it got, whether it is served, which versions objects were stored in.</summary>
/// <remarks>Conditions, reasons and messages are those of Kubernetes' naming and establishing controllers.</remarks>
public static class DefinitionStatus
{
    public const string NamesAccepted = "NamesAccepted";
    public const string Established = "Established";
    public const string Terminating = "Terminating";

    /// <summary>On a definition that is being deleted, until its objects are gone.</summary>
    public const string CleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io";

    public static bool IsEstablished(CustomResourceDefinition definition) => Is(definition, Established);

    /// <summary>Whether it waits for a name that somebody else has.</summary>
    public static bool HasConflict(CustomResourceDefinition definition) => !Is(definition, NamesAccepted);

    /// <summary>The definition with the status that follows from its names and the names that others of its group have.</summary>
    public static CustomResourceDefinition Decide(CustomResourceDefinition definition, TakenNames taken, DateTimeOffset now)
    {
        var (wanted, status) = (definition.Spec.Names, definition.Status);
        var (accepted, conflict) = Accept(wanted, status.AcceptedNames, taken);
        var names = conflict is var (reason, message)
            ? Condition(NamesAccepted, ConditionStatus.False, reason, message)
            : Condition(NamesAccepted, ConditionStatus.True, "NoConflicts", "no conflicts found");
        // Once served, a definition stays so: its objects must be within reach, whatever name it asks for now.
        var established = conflict is null ? Condition(Established, ConditionStatus.True, "InitialNamesAccepted", "the initial names have been accepted")
            : IsEstablished(definition) ? null
            : Condition(Established, ConditionStatus.False, "NotAccepted", "not all names are accepted");
        var conditions = status.Conditions.With(names, now);
        var stored = definition.Spec.Versions.FirstOrDefault(static v => v.Storage)?.Name;
        return definition with
        {
            Status = status with
            {
                AcceptedNames = accepted,
                Conditions = established is null ? conditions : conditions.With(established, now),
                StoredVersions = stored is null || status.StoredVersions.Contains(stored) ? status.StoredVersions : [.. status.StoredVersions, stored],
            },
        };
    }

    /// <summary>A condition whose transition is not yet dated.</summary>
    public static Condition Condition(string type, string status, string reason, string message) =>
        new() { Type = type, Status = status, Reason = reason, Message = message };

    private static (CustomResourceDefinitionNames Accepted, (string Reason, string Message)? Conflict) Accept(
        CustomResourceDefinitionNames wanted, CustomResourceDefinitionNames accepted, TakenNames taken)
    {
        (string Reason, string Message)? conflict = null;
        accepted = accepted with { Categories = wanted.Categories };
        if (Free("Plural", wanted.Plural, taken.Resources)) accepted = accepted with { Plural = wanted.Plural };
        if (Free("Singular", wanted.Singular, taken.Resources)) accepted = accepted with { Singular = wanted.Singular };
        var shorts = wanted.ShortNames.Where(taken.Resources.Contains).ToArray();
        if (shorts.Length == 0) accepted = accepted with { ShortNames = wanted.ShortNames };
        else conflict ??= ("ShortNamesConflict", InUse(shorts));
        if (Free("Kind", wanted.Kind, taken.Kinds)) accepted = accepted with { Kind = wanted.Kind };
        if (Free("ListKind", wanted.ListKind, taken.Kinds)) accepted = accepted with { ListKind = wanted.ListKind };
        return (accepted, conflict);

        bool Free(string what, string? name, IReadOnlySet<string> others)
        {
            if (name is null || !others.Contains(name)) return true;
            conflict ??= ($"{what}Conflict", InUse([name]));
            return false;
        }
    }

    private static string InUse(string[] names)
    {
        var each = names.Select(static name => $"\"{name}\" is already in use").ToArray();
        return each.Length == 1 ? each[0] : $"[{string.Join(", ", each)}]";
    }

    private static bool Is(CustomResourceDefinition definition, string condition) =>
        definition.Status.Conditions.FirstOrDefault(c => c.Type == condition)?.Status == ConditionStatus.True;
}
