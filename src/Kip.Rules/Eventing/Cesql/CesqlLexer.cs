namespace Kip.Rules.Eventing.Cesql;

/// <summary>Cuts an expression's text into tokens, each the longest that fits there, as the published grammar does.</summary>
/// <remarks>
/// So a sign that touches a digit belongs to the number: <c>4 - 1</c> is a difference, <c>4 -1</c> is two numbers and no expression.
/// </remarks>
internal struct CesqlLexer(string text)
{
    private int _at;

    internal CesqlToken Next()
    {
        while (_at < text.Length && text[_at] is ' ' or '\t' or '\r' or '\n') _at++;
        var start = _at;
        if (start == text.Length) return new(CesqlTokenKind.End, start, 0);
        var kind = text[start] switch
        {
            '\'' or '"' => String(text[start]),
            '(' => One(CesqlTokenKind.Open),
            ')' => One(CesqlTokenKind.Close),
            ',' => One(CesqlTokenKind.Comma),
            '*' => One(CesqlTokenKind.Star),
            '/' => One(CesqlTokenKind.Slash),
            '%' => One(CesqlTokenKind.Percent),
            '=' => One(CesqlTokenKind.Equal),
            '+' or '-' when start + 1 < text.Length && char.IsAsciiDigit(text[start + 1]) => Number(),
            '+' => One(CesqlTokenKind.Plus),
            '-' => One(CesqlTokenKind.Minus),
            '!' when Follows('=') => Two(CesqlTokenKind.NotEqual),
            '<' when Follows('>') => Two(CesqlTokenKind.NotEqual),
            '<' when Follows('=') => Two(CesqlTokenKind.LessOrEqual),
            '<' => One(CesqlTokenKind.Less),
            '>' when Follows('=') => Two(CesqlTokenKind.GreaterOrEqual),
            '>' => One(CesqlTokenKind.Greater),
            var c when char.IsAsciiLetterOrDigit(c) => Word(),
            _ => One(CesqlTokenKind.Unknown),
        };
        return new(kind, start, _at - start);
    }

    private readonly bool Follows(char next) => _at + 1 < text.Length && text[_at + 1] == next;

    private CesqlTokenKind One(CesqlTokenKind kind)
    {
        _at++;
        return kind;
    }

    private CesqlTokenKind Two(CesqlTokenKind kind)
    {
        _at += 2;
        return kind;
    }

    private CesqlTokenKind Number()
    {
        _at++;
        while (_at < text.Length && char.IsAsciiDigit(text[_at])) _at++;
        return CesqlTokenKind.Integer;
    }

    // A doubled quote inside stays inside, as does any character after a backslash.
    private CesqlTokenKind String(char quote)
    {
        for (_at++; _at < text.Length; _at++)
        {
            if (text[_at] == '\\' && _at + 1 < text.Length)
            {
                _at++;
            }
            else if (text[_at] == quote)
            {
                if (!Follows(quote)) return One(CesqlTokenKind.String);
                _at++;
            }
        }
        return CesqlTokenKind.Unknown;
    }

    private CesqlTokenKind Word()
    {
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_')) _at++;
        var word = text.AsSpan(start, _at - start);
        if (!word.ContainsAnyExceptInRange('0', '9')) return CesqlTokenKind.Integer;
        if (word.Contains('_')) return word.ContainsAnyInRange('0', '9') ? CesqlTokenKind.Unknown : CesqlTokenKind.Function;
        return Keyword(word);
    }

    private static CesqlTokenKind Keyword(ReadOnlySpan<char> word)
    {
        Span<char> upper = stackalloc char[6];
        if (word.Length > upper.Length) return CesqlTokenKind.Word;
        word.ToUpperInvariant(upper);
        return upper[..word.Length] switch
        {
            "AND" => CesqlTokenKind.And,
            "OR" => CesqlTokenKind.Or,
            "XOR" => CesqlTokenKind.Xor,
            "NOT" => CesqlTokenKind.Not,
            "LIKE" => CesqlTokenKind.Like,
            "EXISTS" => CesqlTokenKind.Exists,
            "IN" => CesqlTokenKind.In,
            "TRUE" => CesqlTokenKind.True,
            "FALSE" => CesqlTokenKind.False,
            _ => CesqlTokenKind.Word,
        };
    }
}
