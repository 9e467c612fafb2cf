namespace Kip.Rules.Eventing.Cesql;

/// <summary>A piece of a compiled expression. Immutable.</summary>
/// <param name="position">Where its text begins.</param>
internal abstract class CesqlNode(int position)
{
    internal int Position { get; } = position;

    /// <value>The type that it always yields; null when that depends on the event.</value>
    internal abstract CesqlType? Type { get; }

    /// <value>How many calls an evaluation goes down.</value>
    internal int Depth { get; init; } = 1;

    internal abstract CesqlValue Evaluate(ref CesqlScope scope);
}
