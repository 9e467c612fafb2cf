using System.Globalization;
using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Syntax;

/// <summary>Cuts an expression's text into tokens.</summary>
internal sealed class CelLexer(string text)
{
    private static readonly string[] Symbols =
    [
        "<=", ">=", "==", "!=", "&&", "||", "<", ">", "!", "?", ":", "+", "-", "*", "/", "%", "(", ")", "[", "]", "{", "}", ".", ",",
    ];

    private int _at;

    /// <summary>All tokens, the end last.</summary>
    /// <exception cref="CelProblem">Something is no token.</exception>
    public static List<CelToken> Tokens(string text)
    {
        var lexer = new CelLexer(text);
        var tokens = new List<CelToken>();
        do tokens.Add(lexer.Next());
        while (tokens[^1].Kind != CelTokenKind.End);
        return tokens;
    }

    private CelToken Next()
    {
        SkipBlanks();
        if (_at == text.Length) return new(CelTokenKind.End, _at, "<EOF>");
        var first = text[_at];
        if (QuoteAt() >= 0)
        {
            var start = _at;
            var value = CelQuoted.Read(text, ref _at);
            return new(CelTokenKind.Literal, start, text[start.._at], value);
        }
        if (char.IsAsciiLetter(first) || first == '_') return Word();
        if (char.IsAsciiDigit(first) || (first == '.' && char.IsAsciiDigit(Peek(1)))) return Number();
        foreach (var symbol in Symbols)
            if (text.AsSpan(_at).StartsWith(symbol))
            {
                _at += symbol.Length;
                return new(CelTokenKind.Symbol, _at - symbol.Length, symbol);
            }
        throw new CelProblem(_at, $"Syntax error: token recognition error at: '{first}'");
    }

    private void SkipBlanks()
    {
        while (_at < text.Length)
        {
            if (text[_at] is ' ' or '\t' or '\n' or '\r' or '\f') _at++;
            else if (text[_at] == '/' && Peek(1) == '/') _at = text.IndexOf('\n', _at) is >= 0 and var end ? end : text.Length;
            else return;
        }
    }

    // A text may have the letters r (raw) and b (bytes) before its quote.
    private int QuoteAt()
    {
        var at = _at;
        while (at < text.Length && at - _at < 2 && text[at] is 'r' or 'R' or 'b' or 'B') at++;
        return at < text.Length && text[at] is '\'' or '"' ? at : -1;
    }

    private CelToken Word()
    {
        var start = _at;
        while (char.IsAsciiLetterOrDigit(Peek(0)) || Peek(0) == '_') _at++;
        var word = text[start.._at];
        return word switch
        {
            "true" => new(CelTokenKind.Literal, start, word, CelBool.True),
            "false" => new(CelTokenKind.Literal, start, word, CelBool.False),
            "null" => new(CelTokenKind.Literal, start, word, CelNull.Instance),
            "in" => new(CelTokenKind.Symbol, start, word),
            _ => new(CelTokenKind.Name, start, word),
        };
    }

    private CelToken Number()
    {
        var start = _at;
        var isHex = text[_at] == '0' && Peek(1) is 'x' or 'X';
        if (isHex) _at += 2;
        while (isHex ? char.IsAsciiHexDigit(Peek(0)) : char.IsAsciiDigit(Peek(0))) _at++;
        if (!isHex && TakeFraction())
        {
            // What is too large is infinite, as a literal of the specification is a double.
            return new(
                CelTokenKind.Literal, start, text[start.._at],
                new CelDouble(double.Parse(text.AsSpan(start, _at - start), CultureInfo.InvariantCulture)));
        }
        var digits = text[start.._at];
        if (Peek(0) is not ('u' or 'U')) return new(CelTokenKind.Integer, start, digits);
        _at++;
        return new(CelTokenKind.Literal, start, digits + "u",
            CelInteger.TryParseUnsigned(digits, out var value) ? new CelUint(value) : throw new CelProblem(start, "Syntax error: invalid uint literal"));
    }

    private bool TakeFraction()
    {
        var start = _at;
        if (Peek(0) == '.' && char.IsAsciiDigit(Peek(1)))
        {
            _at++;
            while (char.IsAsciiDigit(Peek(0))) _at++;
        }
        var digit = Peek(1) is '+' or '-' ? 2 : 1;
        if (Peek(0) is not ('e' or 'E') || !char.IsAsciiDigit(Peek(digit))) return _at > start;
        _at += digit;
        while (char.IsAsciiDigit(Peek(0))) _at++;
        return true;
    }

    private char Peek(int ahead) => _at + ahead < text.Length ? text[_at + ahead] : '\0';
}
