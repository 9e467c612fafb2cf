namespace Kip.Rules.Cel.Types;

/// <summary>What the letters of one signature stand for in one call.</summary>
internal sealed class TypeBindings
{
    private readonly Dictionary<string, CelType> _bound = [];

    /// <summary>Whether a value of a type may stand where another is wanted; letters are bound on the way.</summary>
    /// <remarks>What is only known when it runs (<c>dyn</c>) may stand anywhere; null where a letter does, so that any field can be compared with it.</remarks>
    public bool Accepts(CelType wanted, CelType given)
    {
        if (wanted.Kind == CelKind.Variable) return Bind(wanted.Name, given);
        if (wanted.Kind == CelKind.Dyn || given.Kind is CelKind.Dyn or CelKind.Error) return true;
        if (wanted.Kind != given.Kind) return false;
        for (var i = 0; i < wanted.Parameters.Length; i++)
            if (!Accepts(wanted.Parameters[i], given.Parameters[i])) return false;
        return wanted.Kind != CelKind.Object || ReferenceEquals(wanted, given);
    }

    /// <summary>A type with its letters replaced by what they stand for.</summary>
    public CelType Resolve(CelType type) => type.Kind switch
    {
        CelKind.Variable => _bound.GetValueOrDefault(type.Name) ?? CelType.Dyn,
        CelKind.List => CelType.ListOf(Resolve(type.Parameters[0])),
        CelKind.Map => CelType.MapOf(Resolve(type.Parameters[0]), Resolve(type.Parameters[1])),
        CelKind.Optional => CelType.OptionalOf(Resolve(type.Parameters[0])),
        _ => type,
    };

    /// <summary>The type that covers both.</summary>
    public static CelType Join(CelType one, CelType other) =>
        one.Kind is CelKind.Null && other.Kind != CelKind.Null ? other
        : other.Kind == CelKind.Null || new TypeBindings().Accepts(one, other) ? one
        : CelType.Dyn;

    private bool Bind(string letter, CelType given)
    {
        if (!_bound.TryGetValue(letter, out var before) || before.Kind is CelKind.Null or CelKind.Dyn)
        {
            _bound[letter] = given;
            return true;
        }
        return given.Kind == CelKind.Null || new TypeBindings().Accepts(before, given) || new TypeBindings().Accepts(given, before);
    }
}
