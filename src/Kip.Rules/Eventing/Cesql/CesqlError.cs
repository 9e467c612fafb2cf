namespace Kip.Rules.Eventing.Cesql;

/// <summary>What went wrong, and where in the expression's text.</summary>
/// <param name="Kind">The kind that the specification gives it.</param>
/// <param name="Position">The place in the text, counted in characters from 0.</param>
/// <param name="Message">One sentence.</param>
public sealed record CesqlError(CesqlErrorKind Kind, int Position, string Message)
{
    public override string ToString() => $"position {Position + 1}: {Message}";
}
