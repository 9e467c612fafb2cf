namespace Kip.Resources.Selectors;

/// <summary>A label selector made ready to match: every requirement must hold. No requirement matches everything.</summary>
public sealed record LabelQuery(ValueList<LabelRequirement> Requirements)
{
    public static readonly LabelQuery Everything = new(default(ValueList<LabelRequirement>));

    public bool IsEverything => Requirements.IsEmpty;

    /// <summary>Reads the wire form: <c>app=web,tier in (a,b),env!=dev,!old,new</c>.</summary>
    /// <exception cref="FormatException">The text is not a selector; the message says where and what was expected.</exception>
    public static LabelQuery Parse(string? text) => string.IsNullOrWhiteSpace(text) ? Everything : new(new LabelQueryParser(text).Parse());

    /// <summary>The query of a selector in an object's spec. A selector that states nothing matches everything.</summary>
    /// <exception cref="FormatException">An expression's operator is none of the four.</exception>
    public static LabelQuery From(LabelSelector selector) => new(
    [
        .. selector.MatchLabels.AsSpan().ToArray().Select(static l => new LabelRequirement(l.Key, LabelOperator.In, [l.Value])),
        .. selector.MatchExpressions.AsSpan().ToArray().Select(static e => new LabelRequirement(e.Key, OperatorOf(e.Operator), e.Values)),
    ]);

    public bool Matches(StringMap labels)
    {
        foreach (var requirement in Requirements)
            if (!requirement.Matches(labels)) return false;
        return true;
    }

    private static LabelOperator OperatorOf(string name) => Enum.TryParse<LabelOperator>(name, out var found)
        ? found
        : throw new FormatException($"\"{name}\" is not a valid label selector operator: use In, NotIn, Exists or DoesNotExist");
}
