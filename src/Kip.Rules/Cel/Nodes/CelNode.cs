using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Nodes;

/// <summary>A part of an expression that is ready to run.</summary>
internal abstract class CelNode
{
    public abstract CelValue Evaluate(CelScope scope);
}

/// <summary>One evaluation: the values of variables, by the places that the compiler gave them, and what may still be spent.</summary>
internal sealed class CelScope(CelValue?[] slots, CelBudget budget)
{
    public CelValue?[] Slots => slots;

    public CelBudget Budget => budget;
}
