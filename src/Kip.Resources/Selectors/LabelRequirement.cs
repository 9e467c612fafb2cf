namespace Kip.Resources.Selectors;

/// <summary>One requirement on a label.</summary>
/// <param name="Values">Sorted as given; empty for <see cref="LabelOperator.Exists"/> and <see cref="LabelOperator.DoesNotExist"/>.</param>
public sealed record LabelRequirement(string Key, LabelOperator Operator, ValueList<string> Values)
{
    /// <summary>Whether an object with these labels passes. As in Kubernetes, an object without the label passes <c>!=</c> and <c>notin</c>.</summary>
    public bool Matches(StringMap labels)
    {
        var value = labels.Get(Key);
        return Operator switch
        {
            LabelOperator.Exists => value is not null,
            LabelOperator.DoesNotExist => value is null,
            LabelOperator.In => value is not null && Values.AsSpan().Contains(value),
            _ => value is null || !Values.AsSpan().Contains(value),
        };
    }
}

/// <summary><c>a=b</c> is In with one value, <c>a!=b</c> is NotIn with one value.</summary>
public enum LabelOperator
{
    In,
    NotIn,
    Exists,
    DoesNotExist,
}
