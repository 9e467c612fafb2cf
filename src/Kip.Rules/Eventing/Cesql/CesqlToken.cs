namespace Kip.Rules.Eventing.Cesql;

internal enum CesqlTokenKind
{
    End,
    Word,
    Function,
    Integer,
    String,
    And,
    Or,
    Xor,
    Not,
    Like,
    Exists,
    In,
    True,
    False,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Open,
    Close,
    Comma,
    Unknown,
}

/// <summary>A piece of an expression's text: its kind, where it begins and how long it is.</summary>
internal readonly record struct CesqlToken(CesqlTokenKind Kind, int Start, int Length)
{
    internal ReadOnlySpan<char> In(string text) => text.AsSpan(Start, Length);
}
