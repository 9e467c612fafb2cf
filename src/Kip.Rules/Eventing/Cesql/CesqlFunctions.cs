using System.Collections.Frozen;

namespace Kip.Rules.Eventing.Cesql;

/// <summary>The functions that expressions can call, told apart by name and number of arguments. Immutable.</summary>
public sealed class CesqlFunctions
{
    private readonly FrozenDictionary<string, CesqlFunction[]> _byName;

    private CesqlFunctions(IEnumerable<CesqlFunction> functions) => _byName = functions
        .GroupBy(f => f.Name, StringComparer.OrdinalIgnoreCase)
        .ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.OrdinalIgnoreCase);

    /// <value>What every CESQL engine has, and <c>IS_BOOL</c> and <c>IS_INT</c>, which Knative's still has.</value>
    public static CesqlFunctions BuiltIn { get; } = new(BuiltInFunctions.All);

    /// <summary>These functions and one more.</summary>
    /// <exception cref="ArgumentException">Its name is not one, or calls could not be told from those of another function.</exception>
    public CesqlFunctions With(CesqlFunction function)
    {
        if (function.Name.Length == 0 || !char.IsAsciiLetter(function.Name[0]) || !function.Name.All(c => char.IsAsciiLetter(c) || c == '_'))
            throw new ArgumentException($"\"{function.Name}\" is not a function's name: letters and underscores, a letter first", nameof(function));
        foreach (var other in _byName.GetValueOrDefault(function.Name, []))
        {
            if (Clash(function, other)) throw new ArgumentException($"{function.Name} exists with that many arguments", nameof(function));
        }
        return new([.. _byName.Values.SelectMany(f => f), function]);
    }

    internal CesqlFunction? Find(string name, int arguments) =>
        _byName.TryGetValue(name, out var overloads) ? Array.Find(overloads, f => f.Takes(arguments)) : null;

    // At most one overload takes any number, and its fixed part is longer than every other overload.
    private static bool Clash(CesqlFunction one, CesqlFunction other)
    {
        if (one.Rest is not null && other.Rest is not null) return true;
        if (one.Rest is null && other.Rest is null) return one.Parameters.Count == other.Parameters.Count;
        var (open, closed) = one.Rest is null ? (other, one) : (one, other);
        return open.Parameters.Count <= closed.Parameters.Count;
    }
}
