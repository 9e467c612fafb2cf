namespace Kip.Rules.CustomResources;

/// <summary>The limits that a schema sets to numbers, texts, lists and objects; null where it sets none.</summary>
public sealed record ValueLimits
{
    public static readonly ValueLimits None = new();

    public double? Minimum { get; init; }
    public bool ExclusiveMinimum { get; init; }
    public double? Maximum { get; init; }
    public bool ExclusiveMaximum { get; init; }
    public double? MultipleOf { get; init; }
    public long? MinLength { get; init; }
    public long? MaxLength { get; init; }

    /// <summary>An expression that must be found in a text.</summary>
    public GoPattern? Pattern { get; init; }
    public long? MinItems { get; init; }
    public long? MaxItems { get; init; }
    public bool UniqueItems { get; init; }
    public long? MinProperties { get; init; }
    public long? MaxProperties { get; init; }
}
