using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Nodes;

/// <summary>What goes through a list's items or a map's keys, each in a variable of its own.</summary>
internal abstract class ComprehensionNode(CelNode range, int slot) : CelNode
{
    public sealed override CelValue Evaluate(CelScope scope)
    {
        scope.Budget.Charge(1);
        return range.Evaluate(scope) switch
        {
            CelError error => error,
            CelList list => Over(list.Items, scope),
            CelMap map => Over(map.Keys, scope),
            _ => CelError.NoSuchOverload,
        };
    }

    protected abstract CelValue Over(IEnumerable<CelValue> items, CelScope scope);

    protected CelValue Run(CelNode body, CelValue item, CelScope scope)
    {
        scope.Budget.Charge(1);
        scope.Slots[slot] = item;
        return body.Evaluate(scope);
    }
}

/// <summary><c>all</c> and <c>exists</c>: like conditions in a row, an item that decides hides the errors of others.</summary>
internal sealed class QuantifierNode(CelNode range, int slot, CelNode condition, bool isAll) : ComprehensionNode(range, slot)
{
    protected override CelValue Over(IEnumerable<CelValue> items, CelScope scope)
    {
        CelError? first = null;
        foreach (var item in items)
        {
            var value = Run(condition, item, scope);
            if (value is CelBool decided)
            {
                if (decided.Value != isAll) return decided;
            }
            else first ??= value as CelError ?? CelError.NoSuchOverload;
        }
        return first ?? (CelValue)CelBool.Of(isAll);
    }
}

/// <summary><c>exists_one</c>: the condition must hold for exactly one item, and be decided for all.</summary>
internal sealed class ExistsOneNode(CelNode range, int slot, CelNode condition) : ComprehensionNode(range, slot)
{
    protected override CelValue Over(IEnumerable<CelValue> items, CelScope scope)
    {
        var found = 0;
        foreach (var item in items)
        {
            var value = Run(condition, item, scope);
            if (value is not CelBool decided) return value is CelError ? value : CelError.NoSuchOverload;
            if (decided.Value) found++;
        }
        return CelBool.Of(found == 1);
    }
}

/// <summary><c>map</c> and <c>filter</c>: a list of what a transformation makes of the items for which a condition holds.</summary>
/// <param name="condition">Null: all items.</param>
/// <param name="transformation">Null: the items as they are.</param>
internal sealed class TransformNode(CelNode range, int slot, CelNode? condition, CelNode? transformation) : ComprehensionNode(range, slot)
{
    protected override CelValue Over(IEnumerable<CelValue> items, CelScope scope)
    {
        var result = new List<CelValue>();
        foreach (var item in items)
        {
            if (condition is not null)
            {
                var holds = Run(condition, item, scope);
                if (holds is not CelBool decided) return holds is CelError ? holds : CelError.NoSuchOverload;
                if (!decided.Value) continue;
            }
            var made = transformation is null ? item : Run(transformation, item, scope);
            if (made is CelError) return made;
            scope.Budget.Charge(1);
            result.Add(made);
        }
        return new CelItems(result);
    }
}

/// <summary><c>cel.bind</c>: a value under a name, made once.</summary>
internal sealed class BindNode(int slot, CelNode value, CelNode body) : CelNode
{
    public override CelValue Evaluate(CelScope scope)
    {
        scope.Budget.Charge(1);
        // An error is kept under the name: who does not look at it does not meet it.
        scope.Slots[slot] = value.Evaluate(scope);
        return body.Evaluate(scope);
    }
}

/// <summary><c>optMap</c> and <c>optFlatMap</c>: what is made of that which an optional holds.</summary>
/// <param name="flat">Whether the transformation makes an optional itself.</param>
internal sealed class OptionalMapNode(CelNode optional, int slot, CelNode transformation, bool flat) : CelNode
{
    public override CelValue Evaluate(CelScope scope)
    {
        scope.Budget.Charge(1);
        var from = optional.Evaluate(scope);
        if (from is not CelOptional some) return from is CelError ? from : CelError.NoSuchOverload;
        if (some.Value is null) return some;
        scope.Slots[slot] = some.Value;
        var made = transformation.Evaluate(scope);
        return made is CelError || flat ? made : new CelOptional(made);
    }
}
