using System.Collections.Immutable;
using Kip.Rules.Cel.Functions;
using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Nodes;

/// <summary>A function or an operator; which of its overloads is decided by the values where types were not known before.</summary>
internal sealed class CallNode(ImmutableArray<CelOverload> overloads, CelNode[] arguments) : CelNode
{
    public override CelValue Evaluate(CelScope scope)
    {
        scope.Budget.Charge(1);
        var values = new CelValue[arguments.Length];
        for (var i = 0; i < values.Length; i++)
            if ((values[i] = arguments[i].Evaluate(scope)) is CelError error) return error;
        foreach (var overload in overloads)
            if (overload.Takes(values)) return overload.Body(values, scope.Budget);
        return CelError.NoSuchOverload;
    }
}
