namespace Kip.Rules.Cel.Syntax;

internal enum CelTokenKind
{
    End,
    Name,

    /// <summary>Digits, whose sign is for the parser to know.</summary>
    Integer,
    Literal,
    Symbol,
}

/// <summary>A piece of an expression.</summary>
/// <param name="At">Where it begins in the text.</param>
/// <param name="Value">What a literal means.</param>
internal readonly record struct CelToken(CelTokenKind Kind, int At, string Text, Values.CelValue? Value = null)
{
    public bool Is(string symbol) => Kind == CelTokenKind.Symbol && Text == symbol;
}
