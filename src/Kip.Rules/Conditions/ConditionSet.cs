using Kip.Resources;
using Kip.Resources.Planning;

namespace Kip.Rules.Conditions;

/// <summary>Which conditions a kind has: the happy one, and those it depends upon.</summary>
/// <remarks>Other conditions may be marked too; they are informational (severity <c>Info</c>) and never touch the happy one.</remarks>
public sealed record ConditionSet
{
    public const string Ready = "Ready";

    private ConditionSet(string happy, ValueList<string> dependents) => (Happy, Dependents) = (happy, dependents);

    public string Happy { get; }

    public ValueList<string> Dependents { get; }

    /// <summary>A set for things that live on: <c>Ready</c> and what it depends upon.</summary>
    public static ConditionSet Living(params ReadOnlySpan<string> dependents) => new(Ready, ValueList.Create(dependents));

    /// <summary>Takes up a stored status to mark conditions on; what is missing becomes Unknown.</summary>
    /// <param name="stored">The conditions as they were read.</param>
    /// <param name="now">The time that every condition changed from here on will carry, cut to the second as on the wire.</param>
    public LivingConditions Take(ValueList<Condition> stored, DateTimeOffset now) => LivingConditions.Take(this, stored, now);

    /// <summary>
    /// How long what is said of an object may wait: only a step on the way from one Unknown to another, of which nobody makes anything.
    /// Null: it is to be told at once.
    /// </summary>
    /// <param name="stored">The conditions as they were read.</param>
    /// <param name="next">The conditions to be told.</param>
    public TimeSpan? MayWait(ValueList<Condition> stored, ValueList<Condition> next) =>
        IsUnsettled(stored) && IsUnsettled(next) ? Plan.WhileOnItsWay : null;

    private bool IsUnsettled(ValueList<Condition> conditions) => conditions.Find(Happy)?.Status is null or ConditionStatus.Unknown;

    internal bool Counts(string type) => type == Happy || Dependents.Contains(type);
}
