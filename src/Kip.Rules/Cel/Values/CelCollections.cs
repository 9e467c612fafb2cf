using Kip.Rules.Cel.Types;

namespace Kip.Rules.Cel.Values;

/// <summary>A list, whose items may be made only when they are asked for.</summary>
public abstract record CelList : CelValue
{
    private static readonly CelType Any = CelType.ListOf(CelType.Dyn);

    internal override CelType Type => Any;

    public abstract int Count { get; }

    /// <summary>The items in order.</summary>
    public abstract IEnumerable<CelValue> Items { get; }

    public abstract CelValue At(int index);

    /// <summary>Whether the lists are equal: the same items in the same order, unless the kind of list says otherwise.</summary>
    internal virtual bool SameAs(CelList other, CelBudget budget) =>
        Count == other.Count && Items.Zip(other.Items).All(pair => CelEquality.Same(pair.First, pair.Second, budget));

    /// <summary>Both lists as one.</summary>
    internal virtual CelList With(CelList other) => new CelItems([.. Items, .. other.Items]);
}

/// <summary>A list that an expression made.</summary>
public sealed record CelItems(IReadOnlyList<CelValue> Values) : CelList
{
    public override int Count => Values.Count;

    public override IEnumerable<CelValue> Items => Values;

    public override CelValue At(int index) => Values[index];
}

/// <summary>A map, or an object with members.</summary>
public abstract record CelMap : CelValue
{
    private static readonly CelType Any = CelType.MapOf(CelType.Dyn, CelType.Dyn);

    internal override CelType Type => Any;

    public abstract int Count { get; }

    public abstract IEnumerable<CelValue> Keys { get; }

    /// <summary>The value of a key; null when there is none.</summary>
    public abstract CelValue? Find(CelValue key);
}

/// <summary>A map that an expression made.</summary>
public sealed record CelEntries : CelMap
{
    private readonly Dictionary<object, (CelValue Key, CelValue Value)> _entries = [];

    /// <summary>Adds an entry; false when the key is there, or is nothing that can be one.</summary>
    public bool TryAdd(CelValue key, CelValue value) => KeyOf(key) is { } known && _entries.TryAdd(known, (key, value));

    public override int Count => _entries.Count;

    public override IEnumerable<CelValue> Keys => _entries.Values.Select(static entry => entry.Key);

    public override CelValue? Find(CelValue key) => KeyOf(key) is { } known && _entries.TryGetValue(known, out var entry) ? entry.Value : null;

    // Numbers that are equal are one key, whatever their types.
    private static object? KeyOf(CelValue key) => key switch
    {
        CelText text => text.Value,
        CelBool flag => flag.Value,
        CelInt number => number.Value,
        CelUint { Value: <= long.MaxValue } number => (long)number.Value,
        CelUint number => number.Value,
        CelDouble { Value: >= -9e18 and <= 9e18 } number when double.IsInteger(number.Value) => (long)number.Value,
        _ => null,
    };
}
