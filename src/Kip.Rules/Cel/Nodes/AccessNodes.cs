using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Nodes;

/// <summary>A member of an object or a map: <c>of.field</c>; of an optional, the member of what it holds.</summary>
internal sealed class SelectNode(CelNode of, string field) : CelNode
{
    private readonly CelText _key = new(field);

    public override CelValue Evaluate(CelScope scope)
    {
        scope.Budget.Charge(1);
        return of.Evaluate(scope) switch
        {
            CelError error => error,
            CelMap map => map.Find(_key) ?? CelError.NoSuchKey(field),
            CelOptional { Value: CelMap map } => map.Find(_key) is { } found ? new CelOptional(found) : CelOptional.None,
            CelOptional { Value: null } none => none,
            _ => CelError.NoSuchOverload,
        };
    }
}

/// <summary>Whether there is a member: <c>has(of.field)</c>.</summary>
internal sealed class HasNode(CelNode of, string field) : CelNode
{
    private readonly CelText _key = new(field);

    public override CelValue Evaluate(CelScope scope)
    {
        scope.Budget.Charge(1);
        return of.Evaluate(scope) switch
        {
            CelError error => error,
            CelMap map => CelBool.Of(map.Find(_key) is not null),
            CelOptional optional => CelBool.Of(optional.Value is CelMap map && map.Find(_key) is not null),
            _ => CelError.NoSuchOverload,
        };
    }
}

/// <summary>An item of a list or a value of a map: <c>of[index]</c>.</summary>
/// <param name="asks">Whether nothing is an answer, too: <c>of[?index]</c>, <c>of.?field</c>.</param>
internal sealed class IndexNode(CelNode of, CelNode index, bool asks) : CelNode
{
    public override CelValue Evaluate(CelScope scope)
    {
        scope.Budget.Charge(1);
        var (from, key) = (of.Evaluate(scope), index.Evaluate(scope));
        if (from is CelError || key is CelError) return from is CelError ? from : key;
        var isOptional = asks || from is CelOptional;
        if (from is CelOptional optional)
        {
            if (optional.Value is null) return optional;
            from = optional.Value;
        }
        var (found, missing) = Find(from, key);
        if (!isOptional) return found ?? missing;
        return found is not null ? new CelOptional(found) : missing == CelError.NoSuchOverload ? missing : CelOptional.None;
    }

    private static (CelValue? Found, CelError Missing) Find(CelValue from, CelValue key)
    {
        if (from is CelMap map) return (map.Find(key), CelError.NoSuchKey(CelWords.Of(key)));
        if (from is not CelList list || Place(key) is not { } place) return (null, CelError.NoSuchOverload);
        return (place >= 0 && place < list.Count ? list.At((int)place) : null, new CelError($"index out of bounds: {CelWords.Of(key)}"));
    }

    private static long? Place(CelValue key) => key switch
    {
        CelInt number => number.Value,
        CelUint { Value: <= long.MaxValue } number => (long)number.Value,
        CelDouble number when double.IsInteger(number.Value) && Math.Abs(number.Value) < int.MaxValue => (long)number.Value,
        _ => null,
    };
}
