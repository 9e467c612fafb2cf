using Kip.Resources;

namespace Kip.Rules.Conditions;

/// <summary>The conditions of one status while a planner works on them. Marking a dependent recomputes <c>Ready</c>.</summary>
/// <remarks>
/// Immutable: each mark gives a new value. <see cref="ToList"/> ends it. The rules are Knative's (knative.dev/pkg/apis condition sets).
/// </remarks>
public readonly record struct LivingConditions
{
    private readonly ConditionSet _set;
    private readonly ValueList<Condition> _stored;
    private readonly ValueList<Condition> _current;
    private readonly DateTimeOffset _now;

    private LivingConditions(ConditionSet set, ValueList<Condition> stored, ValueList<Condition> current, DateTimeOffset now) =>
        (_set, _stored, _current, _now) = (set, stored, current, now);

    internal static LivingConditions Take(ConditionSet set, ValueList<Condition> stored, DateTimeOffset now)
    {
        var conditions = new LivingConditions(set, stored, stored, now.WholeSeconds());
        // A dependent that is new to an object which is already Ready must not make it unready.
        var initial = stored.IsTrue(set.Happy) ? ConditionStatus.True : ConditionStatus.Unknown;
        if (stored.Find(set.Happy) is null) conditions = conditions.Set(set.Happy, ConditionStatus.Unknown, null, null);
        foreach (var dependent in set.Dependents)
            if (stored.Find(dependent) is null) conditions = conditions.Set(dependent, initial, null, null);
        return conditions;
    }

    /// <summary>The condition of this type as it stands, or null.</summary>
    public Condition? this[string type] => _current.Find(type);

    public bool IsTrue(string type) => _current.IsTrue(type);

    public bool IsFalse(string type) => _current.IsFalse(type);

    /// <summary>True, without reason or message unless given; <c>Ready</c> follows from all its dependents.</summary>
    public LivingConditions MarkTrue(string type, string? reason = null, string? message = null) =>
        Set(type, ConditionStatus.True, reason, message).RollUp(type);

    /// <summary>False, and with it <c>Ready</c>, for the same reason.</summary>
    public LivingConditions MarkFalse(string type, string reason, string? message)
    {
        var marked = Set(type, ConditionStatus.False, reason, message);
        return _set.Dependents.Contains(type) ? marked.Set(_set.Happy, ConditionStatus.False, reason, message) : marked;
    }

    /// <summary>Unknown; <c>Ready</c> is Unknown for the same reason unless another dependent is False.</summary>
    public LivingConditions MarkUnknown(string type, string? reason, string? message)
    {
        var marked = Set(type, ConditionStatus.Unknown, reason, message);
        if (!_set.Dependents.Contains(type)) return marked;
        foreach (var dependent in marked.DependentsNewestFirst())
            if (dependent.Status == ConditionStatus.False)
                return marked.Set(_set.Happy, ConditionStatus.False, dependent.Reason, dependent.Message);
        return marked.Set(_set.Happy, ConditionStatus.Unknown, reason, message);
    }

    /// <summary>Takes over the status, reason and message of another object's condition; null means Unknown.</summary>
    public LivingConditions Copy(string type, Condition? other) => other?.Status switch
    {
        ConditionStatus.True => MarkTrue(type),
        ConditionStatus.False => MarkFalse(type, other.Reason ?? "", other.Message),
        _ => MarkUnknown(type, other?.Reason, other?.Message),
    };

    /// <summary>The list to store, by type: what did not change against the stored status keeps its time, what did shares one.</summary>
    public ValueList<Condition> ToList()
    {
        var stored = _stored;
        var result = _current.Select(c => stored.Find(c.Type) is { } old && IsSame(old, c) ? old : c)
            .OrderBy(static c => c.Type, StringComparer.Ordinal).ToValueList();
        // The stored list itself, when nothing changed, lets objects share it and makes the comparison before a write trivial.
        return result == stored ? stored : result;
    }

    private LivingConditions RollUp(string type)
    {
        if (!_set.Dependents.Contains(type)) return this;
        Condition? worst = null;
        foreach (var dependent in DependentsNewestFirst())
        {
            if (dependent.Status == ConditionStatus.True || worst?.Status == ConditionStatus.False) continue;
            if (worst is null || dependent.Status == ConditionStatus.False) worst = dependent;
        }
        return worst is null
            ? Set(_set.Happy, ConditionStatus.True, null, null)
            : Set(_set.Happy, worst.Status, worst.Reason, worst.Message);
    }

    private IEnumerable<Condition> DependentsNewestFirst()
    {
        var current = _current;
        return _set.Dependents.Select(d => current.Find(d)).OfType<Condition>().OrderByDescending(static c => c.LastTransitionTime);
    }

    private LivingConditions Set(string type, string status, string? reason, string? message)
    {
        var condition = new Condition
        {
            Type = type,
            Status = status,
            Severity = _set.Counts(type) ? null : "Info",
            Reason = string.IsNullOrEmpty(reason) ? null : reason,
            Message = string.IsNullOrEmpty(message) ? null : message,
            LastTransitionTime = _now,
        };
        if (_current.Find(type) is not { } old) return With([.. _current, condition]);
        return IsSame(old, condition) ? this : With(_current.Select(c => c.Type == type ? condition : c).ToValueList());
    }

    private LivingConditions With(ValueList<Condition> conditions) => new(_set, _stored, conditions, _now);

    private static bool IsSame(Condition left, Condition right) =>
        left.Status == right.Status && (left.Reason ?? "") == (right.Reason ?? "") && (left.Message ?? "") == (right.Message ?? "")
        && (left.Severity ?? "") == (right.Severity ?? "");
}
