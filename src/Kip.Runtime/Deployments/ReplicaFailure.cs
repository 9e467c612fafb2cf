using Kip.Resources;
using Kip.Rules.Conditions;

namespace Kip.Runtime.Deployments;

/// <summary>The condition that says why pods cannot be made.</summary>
internal static class ReplicaFailure
{
    private const string Type = "ReplicaFailure";

    /// <summary>The conditions with the failure, or without one when there is none.</summary>
    /// <remarks>
    /// Each attempt has another pod's name in its message. What is otherwise the same is left as it was said first: news would be looked at and tried
    /// again at once, for ever, where a failure is to be tried again after growing pauses.
    /// </remarks>
    public static ValueList<Condition> In(ValueList<Condition> conditions, string? failure, DateTimeOffset now)
    {
        if (failure is null) return conditions.Without(Type);
        if (conditions.Find(Type) is { Status: ConditionStatus.True, Message: { } said } && BehindTheName(said).SequenceEqual(BehindTheName(failure)))
            return conditions;
        return conditions.Marked(Type, ConditionStatus.True, "FailedCreate", failure, now);
    }

    // pods "NAME" is forbidden: …
    private static ReadOnlySpan<char> BehindTheName(string message)
    {
        var open = message.IndexOf('"');
        var close = open < 0 ? -1 : message.IndexOf('"', open + 1);
        return message.AsSpan(close + 1);
    }
}
