namespace Kip.Rules.Eventing.Cesql;

/// <summary>Why a function could not do what it was asked.</summary>
public readonly record struct CesqlFailure(CesqlErrorKind Kind, string Message);

/// <summary>What a function does. It must not keep the arguments, must not throw, and must not depend on anything else.</summary>
/// <param name="arguments">Cast to the parameters' types.</param>
/// <param name="failure">Why the value is only what is yielded in that case; null when all went well.</param>
public delegate CesqlValue CesqlFunctionBody(ReadOnlySpan<CesqlValue> arguments, out CesqlFailure? failure);

/// <summary>A function that expressions can call.</summary>
/// <param name="Name">Letters and underscores; calls may write it in any case.</param>
/// <param name="Parameters">The parameters' types; null takes any value as it is.</param>
/// <param name="Returns">The type of the value.</param>
/// <param name="Body">What it does.</param>
public sealed record CesqlFunction(string Name, IReadOnlyList<CesqlType?> Parameters, CesqlType Returns, CesqlFunctionBody Body)
{
    /// <value>The type of any number of further arguments; null when the function takes no more than its parameters.</value>
    public CesqlType? Rest { get; init; }

    internal bool Takes(int count) => Rest is null ? count == Parameters.Count : count >= Parameters.Count;

    internal CesqlType? ParameterAt(int index) => index < Parameters.Count ? Parameters[index] : Rest;
}
