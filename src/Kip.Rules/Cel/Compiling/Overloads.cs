using System.Collections.Immutable;
using Kip.Rules.Cel.Functions;
using Kip.Rules.Cel.Types;

namespace Kip.Rules.Cel.Compiling;

/// <summary>Which overloads of a function a call may mean.</summary>
internal static class Overloads
{
    /// <summary>Those that take arguments of these types, and the type of what they give; several when types are not known yet.</summary>
    public static (ImmutableArray<CelOverload> Candidates, CelType Result) Choose(ImmutableArray<CelOverload> known, CelType[] arguments)
    {
        var candidates = ImmutableArray.CreateBuilder<CelOverload>();
        CelType? result = null;
        foreach (var overload in known)
        {
            var bindings = new TypeBindings();
            if (overload.Parameters.Length != arguments.Length || !overload.Parameters.Zip(arguments).All(pair => bindings.Accepts(pair.First, pair.Second)))
                continue;
            candidates.Add(overload);
            var given = bindings.Resolve(overload.Result);
            result = result is null ? given : TypeBindings.Join(result, given);
        }
        return (candidates.ToImmutable(), result ?? CelType.Dyn);
    }
}
