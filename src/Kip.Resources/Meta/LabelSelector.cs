namespace Kip.Resources;

/// <summary>Chooses objects by their labels: every entry and every expression must hold.</summary>
public sealed record LabelSelector
{
    public StringMap MatchLabels { get; init; }
    public ValueList<LabelSelectorRequirement> MatchExpressions { get; init; }
}

/// <summary>One expression: <c>In</c>, <c>NotIn</c>, <c>Exists</c> or <c>DoesNotExist</c>.</summary>
public sealed record LabelSelectorRequirement
{
    public required string Key { get; init; }
    public required string Operator { get; init; }
    public ValueList<string> Values { get; init; }
}
