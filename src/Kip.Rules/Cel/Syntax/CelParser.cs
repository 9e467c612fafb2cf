using System.Collections.Immutable;
using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Syntax;

/// <summary>Reads expressions by the grammar of CEL's specification: conditions, logic, relations, sums, products, signs, members.</summary>
internal sealed class CelParser
{
    private const int MaxLength = 100_000;

    // Whoever walks the expression afterwards does so by recursion.
    private const int MaxDepth = 250;

    private static readonly string[] Reserved =
    [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return", "var", "void",
        "while",
    ];

    private readonly List<CelToken> _tokens;
    private int _next;
    private int _nesting;

    private CelParser(List<CelToken> tokens) => _tokens = tokens;

    private CelToken Current => _tokens[_next];

    /// <summary>The whole expression.</summary>
    /// <exception cref="CelProblem">It is none.</exception>
    public static CelSyntax Parse(string text)
    {
        if (text.Length > MaxLength) throw new CelProblem(0, $"expression code point size exceeds limit: size: {text.Length}, limit {MaxLength}");
        var parser = new CelParser(CelLexer.Tokens(text));
        var parsed = parser.Expression();
        return parser.Current.Kind == CelTokenKind.End ? parsed : throw parser.Unexpected();
    }

    private CelSyntax Expression()
    {
        Enter();
        var condition = Logic(isAnd: false);
        if (Current.Is("?"))
        {
            var at = Take().At;
            var then = Logic(isAnd: false);
            Expect(":");
            condition = Checked(new ConditionalSyntax(at, condition, then, Expression()));
        }
        _nesting--;
        return condition;
    }

    // Conditions in a row are one node, however many they are: the nesting of an expression is what its author sees.
    private CelSyntax Logic(bool isAnd)
    {
        var first = isAnd ? Binary(1) : Logic(isAnd: true);
        if (!Current.Is(isAnd ? "&&" : "||")) return first;
        var at = Current.At;
        var parts = ImmutableArray.CreateBuilder<CelSyntax>();
        parts.Add(first);
        while (Current.Is(isAnd ? "&&" : "||"))
        {
            Take();
            parts.Add(isAnd ? Binary(1) : Logic(isAnd: true));
        }
        return Checked(new LogicSyntax(at, isAnd, parts.ToImmutable()));
    }

    private CelSyntax Binary(int least)
    {
        var left = Unary();
        while (Strength(Current) is > 0 and var strength && strength >= least)
        {
            var symbol = Take();
            left = Checked(new CallSyntax(symbol.At, null, symbol.Text == "in" ? "@in" : $"_{symbol.Text}_", [left, Binary(strength + 1)]));
        }
        return left;
    }

    private static int Strength(CelToken token) => token.Kind != CelTokenKind.Symbol ? 0 : token.Text switch
    {
        "<" or "<=" or ">=" or ">" or "==" or "!=" or "in" => 1,
        "+" or "-" => 2,
        "*" or "/" or "%" => 3,
        _ => 0,
    };

    private CelSyntax Unary()
    {
        if (!Current.Is("-") && !Current.Is("!")) return Member();
        Enter();
        var sign = Take();
        // The sign of the least integer belongs to it: without, it does not fit.
        var inner = sign.Text == "-" && Current.Kind == CelTokenKind.Integer ? Members(Integer(negative: true))
            : Checked(new CallSyntax(sign.At, null, $"{sign.Text}_", [Unary()]));
        _nesting--;
        return inner;
    }

    private CelSyntax Member() => Members(Primary());

    private CelSyntax Members(CelSyntax of)
    {
        while (true)
        {
            if (Current.Is(".")) of = Field(of);
            else if (Current.Is("["))
            {
                var at = Take().At;
                var optional = TryTake("?");
                of = new IndexSyntax(at, of, Expression(), optional);
                Expect("]");
            }
            else if (Current.Is("{") && of is NameSyntax or SelectSyntax) throw new CelProblem(Current.At, "messages cannot be made: there are none here");
            else return of;
            Checked(of);
        }
    }

    private CelSyntax Field(CelSyntax of)
    {
        var at = Take().At;
        var optional = TryTake("?");
        if (Current.Kind != CelTokenKind.Name && !Current.Is("in")) throw Unexpected();
        var name = Take().Text;
        if (optional || !Current.Is("(")) return new SelectSyntax(at, of, name, optional);
        var open = Take().At;
        return new CallSyntax(open, of, name, Until(")"));
    }

    private CelSyntax Primary()
    {
        TryTake(".");
        var token = Current;
        if (token.Kind == CelTokenKind.Integer) return Integer(negative: false);
        if (token.Kind == CelTokenKind.Literal) return new LiteralSyntax(Take().At, token.Value!);
        if (token.Kind == CelTokenKind.Name) return Name();
        if (TryTake("["))
            return new ListSyntax(token.At, Until("]"));
        if (TryTake("{")) return Map(token.At);
        Expect("(");
        var inner = Expression();
        Expect(")");
        return inner;
    }

    private CelSyntax Name()
    {
        var name = Take();
        if (Reserved.Contains(name.Text)) throw new CelProblem(name.At, $"reserved identifier: {name.Text}");
        if (!Current.Is("(")) return new NameSyntax(name.At, name.Text);
        var open = Take().At;
        return new CallSyntax(open, null, name.Text, Until(")"));
    }

    private MapSyntax Map(int at)
    {
        var entries = ImmutableArray.CreateBuilder<(CelSyntax, CelSyntax)>();
        while (!TryTake("}"))
        {
            var key = Expression();
            Expect(":");
            entries.Add((key, Expression()));
            if (!Current.Is("}")) Expect(",");
        }
        return new(at, entries.ToImmutable());
    }

    // A comma after the last is allowed, as in the specification's lists.
    private ImmutableArray<CelSyntax> Until(string close)
    {
        var parts = ImmutableArray.CreateBuilder<CelSyntax>();
        while (!TryTake(close))
        {
            parts.Add(Expression());
            if (!Current.Is(close)) Expect(",");
        }
        return parts.ToImmutable();
    }

    private LiteralSyntax Integer(bool negative)
    {
        var token = Take();
        return CelInteger.TryParse(token.Text, negative, out var value) ? new(token.At, new CelInt(value))
            : throw new CelProblem(token.At, "Syntax error: invalid int literal");
    }

    private void Enter()
    {
        if (++_nesting > MaxDepth) throw TooDeep(Current.At);
    }

    private static CelSyntax Checked(CelSyntax syntax) => syntax.Depth <= MaxDepth ? syntax : throw TooDeep(syntax.At);

    private static CelProblem TooDeep(int at) => new(at, $"expression recursion limit exceeded: {MaxDepth}");

    private CelToken Take() => _tokens[_next++];

    private bool TryTake(string symbol)
    {
        if (!Current.Is(symbol)) return false;
        _next++;
        return true;
    }

    private void Expect(string symbol)
    {
        if (!TryTake(symbol)) throw Unexpected(symbol);
    }

    private CelProblem Unexpected(string? wanted = null) =>
        new(
            Current.At,
            wanted is null ? $"Syntax error: unexpected '{Current.Text}'" : $"Syntax error: mismatched input '{Current.Text}' expecting '{wanted}'");
}
