using Kip.Rules.Cel.Types;

namespace Kip.Rules.Cel.Compiling;

/// <summary>The names that an expression may use, each with its place among the values and its type; inner ones hide outer ones.</summary>
internal sealed class CelVariables
{
    private readonly Dictionary<string, Stack<(int Slot, CelType Type)>> _known = new(StringComparer.Ordinal);
    private readonly HashSet<int> _used = [];

    public CelVariables(IReadOnlyList<CelVariable> given)
    {
        foreach (var variable in given) Declare(variable.Name, variable.Type);
    }

    /// <summary>How many places are needed.</summary>
    public int Count { get; private set; }

    public int Declare(string name, CelType type)
    {
        if (!_known.TryGetValue(name, out var stack)) _known[name] = stack = new();
        stack.Push((Count, type));
        return Count++;
    }

    public void Forget(string name) => _known[name].Pop();

    public (int Slot, CelType Type)? Find(string name)
    {
        if (!_known.TryGetValue(name, out var stack) || !stack.TryPeek(out var found)) return null;
        _used.Add(found.Slot);
        return found;
    }

    public bool IsUsed(int slot) => _used.Contains(slot);
}
