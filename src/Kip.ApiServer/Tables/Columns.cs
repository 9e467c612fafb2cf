using Kip.Resources;

namespace Kip.ApiServer.Tables;

/// <summary>The columns that many kinds share.</summary>
internal static class Columns
{
    public static readonly PrinterColumn Name =
        new("Name", "string", static (resource, _) => resource.Metadata.Name, Description: "The object's name.", Format: "name");

    public static readonly PrinterColumn Age = new(
        "Age", "string", static (resource, now) => Durations.Since(resource.Metadata.CreationTimestamp, now), Description: "Time since the object was made.");

    /// <summary>A text column.</summary>
    public static PrinterColumn Text<T>(string name, Func<T, string?> cell, int priority = 0) where T : Resource =>
        new(name, "string", (resource, _) => cell((T)resource), priority);

    /// <summary>A column of numbers.</summary>
    public static PrinterColumn Number<T>(string name, Func<T, long?> cell, int priority = 0) where T : Resource =>
        new(name, "integer", (resource, _) => cell((T)resource), priority);

    /// <summary>The status of the condition <c>Ready</c>, and why it is not true.</summary>
    public static PrinterColumn[] Ready<T>(Func<T, ValueList<Condition>> conditions) where T : Resource =>
    [
        Text<T>("Ready", resource => Condition(conditions(resource), "Ready")?.Status),
        Text<T>("Reason", resource => Condition(conditions(resource), "Ready")?.Reason),
    ];

    /// <summary>The condition of a type, or null.</summary>
    public static Condition? Condition(ValueList<Condition> conditions, string type) => conditions.Find(type);
}
