namespace Kip.Rules.Eventing.Cesql;

/// <summary>What an expression yields: always a value, and what went wrong on the way to it.</summary>
/// <param name="Value">The value; with errors the one that the specification defines for them.</param>
/// <param name="Errors">In the order they arose; empty when all went well.</param>
public readonly record struct CesqlResult(CesqlValue Value, IReadOnlyList<CesqlError> Errors);
