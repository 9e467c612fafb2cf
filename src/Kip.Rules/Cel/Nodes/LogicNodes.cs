using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Nodes;

/// <summary>All (<c>&amp;&amp;</c>) or any (<c>||</c>) of some conditions. One that decides hides the errors of the others, on either side.</summary>
internal sealed class LogicNode(CelNode[] parts, bool isAnd) : CelNode
{
    public override CelValue Evaluate(CelScope scope)
    {
        CelError? first = null;
        foreach (var part in parts)
        {
            scope.Budget.Charge(1);
            var value = part.Evaluate(scope);
            if (value is CelBool decided)
            {
                if (decided.Value != isAnd) return decided;
            }
            else first ??= value as CelError ?? CelError.NoSuchOverload;
        }
        return first ?? (CelValue)CelBool.Of(isAnd);
    }
}

internal sealed class ConditionalNode(CelNode condition, CelNode then, CelNode otherwise) : CelNode
{
    public override CelValue Evaluate(CelScope scope)
    {
        scope.Budget.Charge(1);
        return condition.Evaluate(scope) switch
        {
            CelBool decided => (decided.Value ? then : otherwise).Evaluate(scope),
            CelError error => error,
            _ => CelError.NoSuchOverload,
        };
    }
}
