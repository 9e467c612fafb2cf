namespace Kip.Resources;

/// <summary>Reads single conditions out of a status.</summary>
public static class ConditionExtensions
{
    /// <summary>The condition of this type, or null.</summary>
    public static Condition? Find(this ValueList<Condition> conditions, string type)
    {
        foreach (var condition in conditions)
            if (condition.Type == type) return condition;
        return null;
    }

    /// <summary>Whether the condition is there and True.</summary>
    public static bool IsTrue(this ValueList<Condition> conditions, string type) => conditions.Find(type)?.Status == ConditionStatus.True;

    /// <summary>Whether the condition is there and False.</summary>
    public static bool IsFalse(this ValueList<Condition> conditions, string type) => conditions.Find(type)?.Status == ConditionStatus.False;
}
