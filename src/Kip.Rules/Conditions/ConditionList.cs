using Kip.Resources;

namespace Kip.Rules.Conditions;

/// <summary>Changes single conditions of a list by Kubernetes' rule: its transition is dated anew when its status changes, and only then.</summary>
/// <remarks>Kinds of Knative, whose <c>Ready</c> follows from others, go by <see cref="LivingConditions"/>.</remarks>
public static class ConditionList
{
    /// <summary>The list with this condition in the place of the one of its type, or at the end.</summary>
    public static ValueList<Condition> With(this ValueList<Condition> conditions, Condition wanted, DateTimeOffset now)
    {
        var present = conditions.Find(wanted.Type);
        var set = wanted with { LastTransitionTime = present?.Status == wanted.Status ? present.LastTransitionTime : now };
        return present is null ? [.. conditions, set] : conditions.Select(c => c.Type == wanted.Type ? set : c).ToValueList();
    }

    /// <summary>A workload's condition, which also tells when it was written last: as it was if nothing differs.</summary>
    public static ValueList<Condition> Marked(
        this ValueList<Condition> conditions, string type, string status, string reason, string message, DateTimeOffset now) =>
        conditions.Find(type) is { } same && same.Status == status && same.Reason == reason && same.Message == message
            ? conditions : conditions.Touched(type, status, reason, message, now);

    /// <summary>The same, and counts as news even if nothing differs.</summary>
    public static ValueList<Condition> Touched(
        this ValueList<Condition> conditions, string type, string status, string reason, string message, DateTimeOffset now) =>
        conditions.With(new Condition { Type = type, Status = status, Reason = reason, Message = message, LastUpdateTime = now }, now);

    public static ValueList<Condition> Without(this ValueList<Condition> conditions, string type) =>
        conditions.Find(type) is null ? conditions : conditions.Where(c => c.Type != type).ToValueList();
}
