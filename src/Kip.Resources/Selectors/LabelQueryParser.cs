namespace Kip.Resources.Selectors;

/// <summary>Reads one label selector in its wire form, as Kubernetes' grammar has it.</summary>
internal sealed class LabelQueryParser(string text)
{
    private int _at;

    public ValueList<LabelRequirement> Parse()
    {
        var found = new List<LabelRequirement>();
        while (true)
        {
            found.Add(Requirement());
            SkipSpace();
            if (_at == text.Length) return found.ToValueList();
            Expect(',');
        }
    }

    private LabelRequirement Requirement()
    {
        SkipSpace();
        if (Take('!')) return new(Key(), LabelOperator.DoesNotExist, []);
        var key = Key();
        SkipSpace();
        if (_at == text.Length || text[_at] == ',') return new(key, LabelOperator.Exists, []);
        if (Take('!'))
        {
            Expect('=');
            return new(key, LabelOperator.NotIn, [Value()]);
        }
        if (Take('='))
        {
            Take('=');
            return new(key, LabelOperator.In, [Value()]);
        }
        return Word() switch
        {
            "in" => new(key, LabelOperator.In, Values()),
            "notin" => new(key, LabelOperator.NotIn, Values()),
            var other => throw Wrong($"found '{other}', expected: in, notin, =, ==, !="),
        };
    }

    private string Key()
    {
        SkipSpace();
        var key = Word();
        return LabelSyntax.KeyError(key) is { } error ? throw Wrong($"key \"{key}\": {error}") : key;
    }

    private string Value()
    {
        SkipSpace();
        var value = Word();
        return LabelSyntax.ValueError(value) is { } error ? throw Wrong($"value \"{value}\": {error}") : value;
    }

    private ValueList<string> Values()
    {
        Expect('(');
        var values = new List<string>();
        do values.Add(Value()); while (TakeAfterSpace(','));
        Expect(')');
        return values.ToValueList();
    }

    private string Word()
    {
        var start = _at;
        while (_at < text.Length && text[_at] is not (',' or '=' or '!' or '(' or ')') && !char.IsWhiteSpace(text[_at])) _at++;
        return text[start.._at];
    }

    private void SkipSpace()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at])) _at++;
    }

    private bool Take(char wanted)
    {
        if (_at >= text.Length || text[_at] != wanted) return false;
        _at++;
        return true;
    }

    private bool TakeAfterSpace(char wanted)
    {
        SkipSpace();
        return Take(wanted);
    }

    private void Expect(char wanted)
    {
        if (!TakeAfterSpace(wanted))
            throw Wrong($"found '{(_at < text.Length ? text[_at] : "")}', expected: '{wanted}'");
    }

    private FormatException Wrong(string what) => new($"unable to parse label selector \"{text}\" at {_at}: {what}");
}
