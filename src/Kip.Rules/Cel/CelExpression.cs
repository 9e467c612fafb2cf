using Kip.Rules.Cel.Compiling;
using Kip.Rules.Cel.Nodes;
using Kip.Rules.Cel.Syntax;
using Kip.Rules.Cel.Types;
using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel;

/// <summary>An expression of the Common Expression Language (CEL) that has been read, checked and made ready to run.</summary>
/// <remarks>
/// Source: the language definition of CEL, and cel-go's words for what is wrong. Immutable; may run on many threads at once.
/// Messages (protobuf) are not part of what expressions can speak of here; objects with members are.
/// </remarks>
internal sealed class CelExpression
{
    // No message grows longer than this; enough for the line of the expression and its mark.
    private const int MaxProblem = 4096;

    private readonly CelNode _node;
    private readonly int _slots;
    private readonly string[] _used;

    private CelExpression(CelTyped compiled, IReadOnlyList<CelVariable> given, CelVariables variables)
    {
        _node = compiled.Node;
        Type = compiled.Type;
        _slots = variables.Count;
        _used = [.. given.Where((_, slot) => variables.IsUsed(slot)).Select(static variable => variable.Name)];
    }

    /// <summary>What is known of the type of its value; <see cref="CelKind.Dyn"/> when nothing is.</summary>
    public CelType Type { get; }

    /// <summary>Makes an expression ready.</summary>
    /// <param name="variables">What it may speak of, in the order in which <see cref="Evaluate"/> is given the values.</param>
    /// <param name="problem">What is wrong with the expression, with its place.</param>
    /// <returns>Null when something is wrong.</returns>
    public static CelExpression? Compile(string text, IReadOnlyList<CelVariable> variables, out string? problem)
    {
        try
        {
            problem = null;
            var known = new CelVariables(variables);
            return new(new CelCompiler(known).Compile(CelParser.Parse(text)), variables, known);
        }
        catch (CelProblem wrong)
        {
            var words = wrong.In(text);
            problem = words.Length <= MaxProblem ? words : words[..MaxProblem];
            return null;
        }
    }

    /// <summary>Whether it speaks of a variable.</summary>
    public bool Uses(string variable) => _used.Contains(variable);

    /// <summary>Runs it.</summary>
    /// <param name="values">The variables' values in their order; null: there is none, and asking for it is an error.</param>
    /// <param name="budget">What it may cost; less by what it did cost afterwards, below zero when it was too little.</param>
    /// <returns>The value, or an error in cel-go's words.</returns>
    public CelValue Evaluate(ReadOnlySpan<CelValue?> values, CelBudget budget)
    {
        var slots = new CelValue?[_slots];
        values.CopyTo(slots);
        try
        {
            return _node.Evaluate(new CelScope(slots, budget));
        }
        catch (CelBudgetException spent)
        {
            return new CelError(spent.Message);
        }
    }
}
