using Kip.Rules.Cel;
using Kip.Rules.Cel.Types;
using Kip.Rules.Cel.Values;

namespace Kip.Rules.CustomResources.Validations;

/// <summary>A rule whose expressions are ready to run, or what is wrong with them.</summary>
internal sealed class CompiledRule
{
    private const int MaxMessage = 5 * 1024;

    private readonly CelExpression? _message;

    public CompiledRule(ValidationRule rule, StructuralSchema schema, CelType self)
    {
        Source = rule;
        CelVariable[] variables = [new("self", self), new("oldSelf", rule.OptionalOldSelf == true ? CelType.OptionalOf(self) : self)];
        Condition = CelExpression.Compile(rule.Rule, variables, out var problem);
        if (Condition?.Type.Kind is not (null or CelKind.Bool or CelKind.Dyn)) problem = "cel expression must evaluate to a bool";
        Problem = problem;
        if (rule.MessageExpression is { } text)
        {
            _message = CelExpression.Compile(text, variables, out problem);
            if (_message?.Type.Kind is not (null or CelKind.String or CelKind.Dyn)) problem = "cel expression must evaluate to a string";
            MessageProblem = problem;
        }
        UsesOldSelf = Condition?.Uses("oldSelf") == true || _message?.Uses("oldSelf") == true;
        Field = rule.FieldPath is { } path ? FieldPath.Read(path, schema) : null;
    }

    public ValidationRule Source { get; }

    /// <summary>Null when it cannot be read.</summary>
    public CelExpression? Condition { get; }

    /// <summary>Why the condition means nothing.</summary>
    public string? Problem { get; }

    public string? MessageProblem { get; }

    /// <summary>Whether it compares with what was: a transition rule.</summary>
    public bool UsesOldSelf { get; }

    /// <summary>The member to name below the value; null: the value itself.</summary>
    public string? Field { get; }

    /// <summary>What its <c>messageExpression</c> says; the message where that says nothing.</summary>
    public string Refusal(ReadOnlySpan<CelValue?> variables, CelBudget budget)
    {
        if (_message is null || MessageProblem is not null || _message.Evaluate(variables, budget) is not CelText said) return Source.Refusal;
        var text = said.Value.Trim();
        return text.Length is > 0 and <= MaxMessage && !text.Contains('\n', StringComparison.Ordinal) ? text : Source.Refusal;
    }
}
