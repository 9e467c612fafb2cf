using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Functions;

/// <summary>Values that may not be there.</summary>
internal static class Optionals
{
    public static IEnumerable<CelOverload> All { get; } =
    [
        CelOverload.Of("optional::of(A) optional<A>", static (a, _) => new CelOptional(a[0])),
        CelOverload.Of("optional::none() optional<dyn>", static (_, _) => CelOptional.None),
        CelOverload.Of("optional::ofNonZeroValue(A) optional<A>", static (a, _) => IsZero(a[0]) ? CelOptional.None : new CelOptional(a[0])),
        CelOverload.Of("optional<A>.hasValue() bool", static (a, _) => CelBool.Of(a.Optional(0).Value is not null)),
        CelOverload.Of("optional<A>.value() A", static (a, _) => a.Optional(0).Value ?? new CelError("optional.none() dereference")),
        CelOverload.Of("optional<A>.or(optional<A>) optional<A>", static (a, _) => a.Optional(0).Value is null ? a[1] : a[0]),
        CelOverload.Of("optional<A>.orValue(A) A", static (a, _) => a.Optional(0).Value ?? a[1]),
    ];

    private static bool IsZero(CelValue value) => value switch
    {
        CelNull => true,
        CelBool flag => !flag.Value,
        CelText text => text.Value.Length == 0,
        CelBytes bytes => bytes.Value.Length == 0,
        CelList list => list.Count == 0,
        CelMap map => map.Count == 0,
        CelDuration span => span.Value == TimeSpan.Zero,
        _ => CelOrder.OfNumbers(value, new CelInt(0)) == 0,
    };
}
