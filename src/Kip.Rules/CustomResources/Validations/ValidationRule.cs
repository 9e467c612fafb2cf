namespace Kip.Rules.CustomResources.Validations;

/// <summary>One of a schema's <c>x-kubernetes-validations</c>, as it was written.</summary>
public sealed record ValidationRule
{
    /// <summary>The condition, in CEL: <c>self</c> is the value that the schema describes, <c>oldSelf</c> what it was.</summary>
    public string Rule { get; init; } = "";
    public string? Message { get; init; }

    /// <summary>A text in CEL, in place of the message.</summary>
    public string? MessageExpression { get; init; }
    public string? Reason { get; init; }

    /// <summary>The member to name in place of the value itself: <c>.spec.foo</c>.</summary>
    public string? FieldPath { get; init; }

    /// <summary>Whether <c>oldSelf</c> is an optional, and the rule is asked for new values, too; null where it is not said.</summary>
    public bool? OptionalOldSelf { get; init; }

    /// <summary>What errors call it.</summary>
    internal string Words => (Message is { Length: > 0 } ? Message : Rule).Trim();

    /// <summary>What is told when it does not hold.</summary>
    internal string Refusal => Message is { Length: > 0 } ? Message.Trim() : $"failed rule: {Words}";
}
