namespace Kip.Rules.Eventing.Cesql;

/// <summary>
/// Reads an expression by precedence, strongest first: calls, NOT, minus, LIKE, EXISTS, IN, * / %, + -, comparisons, AND OR XOR.
/// </summary>
/// <remarks>So <c>NOT a = b</c> is <c>(NOT a) = b</c>, and there is no AND before OR: a chain of them groups from the right.</remarks>
internal ref struct CesqlParser
{
    /// <summary>How deep an expression may be nested; what is deeper is refused when it is written.</summary>
    internal const int MaxDepth = 200;

    private readonly string _text;
    private readonly CesqlFunctions _functions;
    private CesqlLexer _lexer;
    private CesqlToken _token;
    private int _depth;

    internal CesqlParser(string text, CesqlFunctions functions)
    {
        (_text, _functions) = (text, functions);
        _lexer = new CesqlLexer(text);
        _token = _lexer.Next();
    }

    /// <value>What is wrong with the text, and where; null so far.</value>
    internal CesqlError? Error { get; private set; }

    internal CesqlNode? ParseAll()
    {
        var node = Expression();
        if (node is not null && _token.Kind != CesqlTokenKind.End) node = Unexpected("an operator or the end");
        return Error is null ? node : null;
    }

    // a AND b OR c …: operands and the operators between them.
    private CesqlNode? Expression()
    {
        if (++_depth > MaxDepth) return TooDeep();
        var first = Comparison();
        if (first is null || LogicOf(_token.Kind) is null)
        {
            _depth--;
            return first;
        }
        var operands = new List<CesqlNode> { first };
        var operators = new List<LogicOperator>();
        while (LogicOf(_token.Kind) is { } logic)
        {
            operators.Add(logic);
            Take();
            if (Comparison() is not { } next) return null;
            operands.Add(next);
        }
        _depth--;
        return Checked(new LogicNode(first.Position, [.. operands], [.. operators]) { Depth = 1 + operands.Max(o => o.Depth) });
    }

    private CesqlNode? Comparison()
    {
        var left = Sum();
        while (left is not null && _token.Kind is >= CesqlTokenKind.Equal and <= CesqlTokenKind.GreaterOrEqual)
        {
            var kind = Take().Kind;
            if (Sum() is not { } right) return null;
            left = Checked(Compare(kind, left, right));
        }
        return left;
    }

    private static CesqlNode Compare(CesqlTokenKind kind, CesqlNode left, CesqlNode right)
    {
        var depth = 1 + Math.Max(left.Depth, right.Depth);
        return kind switch
        {
            CesqlTokenKind.Equal => new EqualNode(left.Position, left, right, negated: false) { Depth = depth },
            CesqlTokenKind.NotEqual => new EqualNode(left.Position, left, right, negated: true) { Depth = depth },
            CesqlTokenKind.Less => new CompareNode(left.Position, left, right, CompareOperator.Less) { Depth = depth },
            CesqlTokenKind.LessOrEqual => new CompareNode(left.Position, left, right, CompareOperator.LessOrEqual) { Depth = depth },
            CesqlTokenKind.Greater => new CompareNode(left.Position, left, right, CompareOperator.Greater) { Depth = depth },
            _ => new CompareNode(left.Position, left, right, CompareOperator.GreaterOrEqual) { Depth = depth },
        };
    }

    private CesqlNode? Sum()
    {
        var left = Product();
        while (left is not null && _token.Kind is CesqlTokenKind.Plus or CesqlTokenKind.Minus)
        {
            var operation = Take().Kind == CesqlTokenKind.Plus ? MathOperator.Add : MathOperator.Subtract;
            if (Product() is not { } right) return null;
            left = Checked(new MathNode(left.Position, left, right, operation) { Depth = 1 + Math.Max(left.Depth, right.Depth) });
        }
        return left;
    }

    private CesqlNode? Product()
    {
        var left = Membership();
        while (left is not null && _token.Kind is CesqlTokenKind.Star or CesqlTokenKind.Slash or CesqlTokenKind.Percent)
        {
            var operation = Take().Kind switch
            {
                CesqlTokenKind.Star => MathOperator.Multiply,
                CesqlTokenKind.Slash => MathOperator.Divide,
                _ => MathOperator.Remainder,
            };
            if (Membership() is not { } right) return null;
            left = Checked(new MathNode(left.Position, left, right, operation) { Depth = 1 + Math.Max(left.Depth, right.Depth) });
        }
        return left;
    }

    // x IN (…) and x LIKE '…', with NOT before them or without.
    private CesqlNode? Membership()
    {
        var left = Likeness();
        while (left is not null && AtPostfix(CesqlTokenKind.In, out var negated))
        {
            if (Take().Kind != CesqlTokenKind.In) Take();
            if (!Expect(CesqlTokenKind.Open, "\"(\"") || List() is not { } elements) return null;
            if (elements.Length == 0) return Fail(_token.Start, "the set of IN must not be empty");
            left = Checked(new InNode(left.Position, left, elements, negated) { Depth = 1 + Math.Max(left.Depth, Deepest(elements)) });
        }
        return left;
    }

    private CesqlNode? Likeness()
    {
        var left = Unary();
        while (left is not null && AtPostfix(CesqlTokenKind.Like, out var negated))
        {
            if (Take().Kind != CesqlTokenKind.Like) Take();
            if (_token.Kind != CesqlTokenKind.String) return Unexpected("a pattern in quotes");
            var pattern = new LikePattern(Unquote(Take()));
            left = Checked(new LikeNode(left.Position, left, pattern, negated) { Depth = 1 + left.Depth });
        }
        return left;
    }

    private CesqlNode? Unary()
    {
        if (_token.Kind is not (CesqlTokenKind.Not or CesqlTokenKind.Minus)) return Atom();
        if (++_depth > MaxDepth) return TooDeep();
        var sign = Take();
        if (Unary() is not { } operand) return null;
        _depth--;
        return Checked(sign.Kind == CesqlTokenKind.Not
            ? new NotNode(sign.Start, operand) { Depth = 1 + operand.Depth }
            : new NegateNode(sign.Start, operand) { Depth = 1 + operand.Depth });
    }

    private CesqlNode? Atom()
    {
        var token = _token;
        switch (token.Kind)
        {
            case CesqlTokenKind.True or CesqlTokenKind.False:
                return new LiteralNode(Take().Start, CesqlValue.Of(token.Kind == CesqlTokenKind.True));
            case CesqlTokenKind.Integer:
                Take();
                return CesqlValue.TryParseInteger(token.In(_text), out var number)
                    ? new LiteralNode(token.Start, CesqlValue.Of(number))
                    : Fail(token.Start, $"{token.In(_text)} is not within -2147483648 and 2147483647");
            case CesqlTokenKind.String:
                return new LiteralNode(token.Start, CesqlValue.Of(Unquote(Take())));
            case CesqlTokenKind.Exists:
                Take();
                return _token.Kind == CesqlTokenKind.Word ? new ExistsNode(token.Start, Name(Take())) : Unexpected("an attribute's name");
            case CesqlTokenKind.Word or CesqlTokenKind.Function:
                Take();
                if (_token.Kind == CesqlTokenKind.Open) return Call(token);
                return token.Kind == CesqlTokenKind.Word ? new AttributeNode(token.Start, Name(token)) : Unexpected("\"(\" after a function's name");
            case CesqlTokenKind.Open:
                Take();
                return Expression() is { } inner && Expect(CesqlTokenKind.Close, "\")\"") ? inner : null;
            default:
                return Unexpected("an attribute, a value or a function");
        }
    }

    private CesqlNode? Call(CesqlToken name)
    {
        var text = name.In(_text);
        if (text.ContainsAnyInRange('0', '9')) return Fail(name.Start, $"\"{text}\" is not a function's name: letters and underscores");
        Take();
        if (List() is not { } arguments) return null;
        var function = _functions.Find(text.ToString(), arguments.Length);
        return Checked(new CallNode(name.Start, text.ToString().ToUpperInvariant(), function, arguments) { Depth = 1 + Deepest(arguments) });
    }

    // What is between two parentheses, the first of them taken already.
    private CesqlNode[]? List()
    {
        var elements = new List<CesqlNode>();
        if (_token.Kind == CesqlTokenKind.Close)
        {
            Take();
            return [];
        }
        while (Expression() is { } element)
        {
            elements.Add(element);
            if (_token.Kind == CesqlTokenKind.Close)
            {
                Take();
                return [.. elements];
            }
            if (!Expect(CesqlTokenKind.Comma, "\",\" or \")\"")) return null;
        }
        return null;
    }

    private readonly bool AtPostfix(CesqlTokenKind kind, out bool negated)
    {
        // Only a postfix NOT is followed by LIKE or IN; the lexer is a value, so looking ahead moves nothing.
        var ahead = _lexer;
        negated = _token.Kind == CesqlTokenKind.Not && ahead.Next().Kind == kind;
        return negated || _token.Kind == kind;
    }

    private CesqlToken Take()
    {
        var taken = _token;
        _token = _lexer.Next();
        return taken;
    }

    private bool Expect(CesqlTokenKind kind, string what)
    {
        if (_token.Kind != kind)
        {
            Unexpected(what);
            return false;
        }
        Take();
        return true;
    }

    // Only the escaped quote of the string's own kind is unescaped, as Knative's engine does.
    private readonly string Unquote(CesqlToken token)
    {
        var quote = _text[token.Start];
        var inner = _text.Substring(token.Start + 1, token.Length - 2);
        return inner.Replace("\\" + quote, quote.ToString(), StringComparison.Ordinal);
    }

    private readonly string Name(CesqlToken token) => CloudEvents.AttributeNames.Share(token.In(_text));

    private CesqlNode? Checked(CesqlNode node) => node.Depth <= MaxDepth ? node : TooDeep();

    private CesqlNode? TooDeep() => Fail(_token.Start, $"the expression is nested more than {MaxDepth} levels deep");

    private CesqlNode? Unexpected(string expected)
    {
        var found = _token.Kind == CesqlTokenKind.End ? "the end" : $"\"{_token.In(_text)}\"";
        var hint = _token.Kind == CesqlTokenKind.Integer && _text[_token.Start] is '+' or '-'
            ? "; a sign that touches a digit is the number's, so put a space between"
            : "";
        return Fail(_token.Start, $"found {found}, expected {expected}{hint}");
    }

    private CesqlNode? Fail(int position, string message)
    {
        Error ??= new CesqlError(CesqlErrorKind.Parse, position, message);
        return null;
    }

    private static LogicOperator? LogicOf(CesqlTokenKind kind) => kind switch
    {
        CesqlTokenKind.And => LogicOperator.And,
        CesqlTokenKind.Or => LogicOperator.Or,
        CesqlTokenKind.Xor => LogicOperator.Xor,
        _ => null,
    };

    private static int Deepest(CesqlNode[] nodes)
    {
        var deepest = 0;
        foreach (var node in nodes) deepest = Math.Max(deepest, node.Depth);
        return deepest;
    }
}
