using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Nodes;

internal sealed class LiteralNode(CelValue value) : CelNode
{
    public CelValue Value => value;

    public override CelValue Evaluate(CelScope scope) => value;
}

internal sealed class VariableNode(int slot, string name) : CelNode
{
    public override CelValue Evaluate(CelScope scope)
    {
        scope.Budget.Charge(1);
        return scope.Slots[slot] ?? new CelError($"no such attribute: {name}");
    }
}

internal sealed class ListNode(CelNode[] items) : CelNode
{
    public override CelValue Evaluate(CelScope scope)
    {
        scope.Budget.Charge(10 + items.Length);
        var values = new CelValue[items.Length];
        for (var i = 0; i < items.Length; i++)
            if ((values[i] = items[i].Evaluate(scope)) is CelError error) return error;
        return new CelItems(values);
    }
}

internal sealed class MapNode((CelNode Key, CelNode Value)[] entries) : CelNode
{
    public override CelValue Evaluate(CelScope scope)
    {
        scope.Budget.Charge(30 + entries.Length);
        var map = new CelEntries();
        foreach (var entry in entries)
        {
            var (key, value) = (entry.Key.Evaluate(scope), entry.Value.Evaluate(scope));
            if (key is CelError || value is CelError) return key is CelError ? key : value;
            if (map.TryAdd(key, value)) continue;
            return new CelError(map.Find(key) is null ? "unsupported key type" : $"Failed with repeated key: {CelWords.Of(key)}");
        }
        return map;
    }
}
