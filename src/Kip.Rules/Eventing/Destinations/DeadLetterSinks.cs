using Kip.Resources;
using Kip.Resources.Duck;
using Kip.Rules.Conditions;

namespace Kip.Rules.Eventing.Destinations;

/// <summary>The condition <c>DeadLetterSinkResolved</c>, which Brokers, Triggers and channels share.</summary>
internal static class DeadLetterSinks
{
    public const string Resolved = "DeadLetterSinkResolved";
    public const string NotResolved = "Unable to get the dead letter sink's URI";

    /// <summary>Resolves a delivery's dead letter sink and marks the condition; null when there is none, or it is not known now.</summary>
    public static ResolvedDestination? Resolve(
        DeliverySpec? delivery, string @namespace, Referents referents, ref LivingConditions conditions)
    {
        if (delivery?.DeadLetterSink is not { } sink)
        {
            conditions = NotConfigured(conditions);
            return null;
        }
        var resolved = referents.Resolve(sink, @namespace, out var error);
        conditions = resolved is null ? conditions.MarkFalse(Resolved, NotResolved, error) : conditions.MarkTrue(Resolved);
        return resolved;
    }

    public static LivingConditions NotConfigured(LivingConditions conditions) =>
        conditions.MarkTrue(Resolved, "DeadLetterSinkNotConfigured", "No dead letter sink is configured.");
}
