using System.Collections.Frozen;
using System.Collections.Immutable;
using Kip.Rules.Cel.Functions.Kubernetes;

namespace Kip.Rules.Cel.Functions;

/// <summary>All functions and operators: those of CEL itself, and the libraries that Kubernetes adds.</summary>
internal static class CelFunctions
{
    private static readonly FrozenDictionary<(string, bool), ImmutableArray<CelOverload>> Known =
        new[]
        {
            Comparisons.All, Arithmetic.All, Collections.All, Conversions.All, Texts.All, TextPlaces.All, Patterns.All, Moments.All, Optionals.All,
            Lists.All, Sets.All, Quantities.All, Urls.All, IpAddresses.All, SemanticVersions.All,
            NamedFormats.All,
        }
            .SelectMany(static library => library)
            .GroupBy(static overload => (overload.Name, overload.IsMember))
            .ToFrozenDictionary(static group => group.Key, static group => group.ToImmutableArray());

    /// <summary>The overloads of a function; none when it is not known.</summary>
    public static ImmutableArray<CelOverload> Find(string name, bool isMember) => Known.GetValueOrDefault((name, isMember), []);
}
