using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Nodes;

/// <summary>One turn of a comprehension: what its variables hold.</summary>
/// <param name="First">An item or a key; where there are two variables, an item's place or a key.</param>
/// <param name="Second">The item or the key's value; null where there is one variable.</param>
internal readonly record struct CelTurn(CelValue First, CelValue? Second);

/// <summary>What goes through a list's items or a map's keys, each in a variable of its own, or through places and items, keys and values.</summary>
/// <param name="second">The place of the second variable. Null: there is one.</param>
internal abstract class ComprehensionNode(CelNode range, int slot, int? second) : CelNode
{
    public sealed override CelValue Evaluate(CelScope scope)
    {
        scope.Budget.Charge(1);
        return range.Evaluate(scope) switch
        {
            CelError error => error,
            CelList list => Over(Turns(list), scope),
            CelMap map => Over(Turns(map), scope),
            _ => CelError.NoSuchOverload,
        };
    }

    protected abstract CelValue Over(IEnumerable<CelTurn> turns, CelScope scope);

    protected CelValue Run(CelNode body, CelTurn turn, CelScope scope)
    {
        scope.Budget.Charge(1);
        scope.Slots[slot] = turn.First;
        if (second is { } place) scope.Slots[place] = turn.Second;
        return body.Evaluate(scope);
    }

    /// <summary>Whether a condition holds; an error when that cannot be said.</summary>
    protected (bool Holds, CelError? Error) Ask(CelNode? condition, CelTurn turn, CelScope scope) =>
        condition is null ? (true, null) : Run(condition, turn, scope) switch
        {
            CelBool decided => (decided.Value, null),
            CelError error => (false, error),
            _ => (false, CelError.NoSuchOverload),
        };

    private IEnumerable<CelTurn> Turns(CelList list) => second is null
        ? list.Items.Select(static item => new CelTurn(item, null))
        : list.Items.Select(static (item, place) => new CelTurn(new CelInt(place), item));

    private IEnumerable<CelTurn> Turns(CelMap map) => second is null
        ? map.Keys.Select(static key => new CelTurn(key, null))
        : map.Keys.Select(key => new CelTurn(key, map.Find(key)));
}

/// <summary><c>all</c> and <c>exists</c>: like conditions in a row, an item that decides hides the errors of others.</summary>
internal sealed class QuantifierNode(CelNode range, int slot, int? second, CelNode condition, bool isAll) : ComprehensionNode(range, slot, second)
{
    protected override CelValue Over(IEnumerable<CelTurn> turns, CelScope scope)
    {
        CelError? first = null;
        foreach (var turn in turns)
        {
            var (holds, error) = Ask(condition, turn, scope);
            if (error is not null) first ??= error;
            else if (holds != isAll) return CelBool.Of(holds);
        }
        return first ?? (CelValue)CelBool.Of(isAll);
    }
}

/// <summary><c>exists_one</c>: the condition must hold for exactly one item, and be decided for all.</summary>
internal sealed class ExistsOneNode(CelNode range, int slot, int? second, CelNode condition) : ComprehensionNode(range, slot, second)
{
    protected override CelValue Over(IEnumerable<CelTurn> turns, CelScope scope)
    {
        var found = 0;
        foreach (var turn in turns)
        {
            var (holds, error) = Ask(condition, turn, scope);
            if (error is not null) return error;
            if (holds) found++;
        }
        return CelBool.Of(found == 1);
    }
}

/// <summary><c>map</c>, <c>filter</c> and <c>transformList</c>: a list of what a transformation makes of the items for which a condition holds.</summary>
/// <param name="condition">Null: all items.</param>
/// <param name="transformation">Null: the items as they are.</param>
internal sealed class TransformNode(CelNode range, int slot, int? second, CelNode? condition, CelNode? transformation)
    : ComprehensionNode(range, slot, second)
{
    protected override CelValue Over(IEnumerable<CelTurn> turns, CelScope scope)
    {
        var result = new List<CelValue>();
        foreach (var turn in turns)
        {
            var (holds, error) = Ask(condition, turn, scope);
            if (error is not null) return error;
            if (!holds) continue;
            var made = transformation is null ? turn.First : Run(transformation, turn, scope);
            if (made is CelError) return made;
            scope.Budget.Charge(1);
            result.Add(made);
        }
        return new CelItems(result);
    }
}

/// <summary><c>transformMap</c> and <c>transformMapEntry</c>: a map of what a transformation makes of the items for which a condition holds.</summary>
/// <param name="condition">Null: all items.</param>
/// <param name="makesEntries">Whether the transformation makes entries, as a map; else it makes the values of the keys that are there.</param>
internal sealed class TransformMapNode(CelNode range, int slot, int? second, CelNode? condition, CelNode transformation, bool makesEntries)
    : ComprehensionNode(range, slot, second)
{
    protected override CelValue Over(IEnumerable<CelTurn> turns, CelScope scope)
    {
        var result = new CelEntries();
        foreach (var turn in turns)
        {
            var (holds, error) = Ask(condition, turn, scope);
            if (error is not null) return error;
            if (!holds) continue;
            var made = Run(transformation, turn, scope);
            if (made is CelError) return made;
            scope.Budget.Charge(1);
            if (Add(result, turn.First, made) is { } refused) return refused;
        }
        return result;
    }

    private CelError? Add(CelEntries result, CelValue key, CelValue made)
    {
        if (!makesEntries) return result.TryAdd(key, made) ? null : Taken(key);
        if (made is not CelMap entries) return CelError.NoSuchOverload;
        foreach (var entry in entries.Keys)
            if (!result.TryAdd(entry, entries.Find(entry)!)) return Taken(entry);
        return null;
    }

    private static CelError Taken(CelValue key) => new($"insert failed: key {CelWords.Of(key)} already exists");
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
