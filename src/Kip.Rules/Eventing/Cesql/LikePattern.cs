namespace Kip.Rules.Eventing.Cesql;

/// <summary>
/// A compiled pattern of <c>LIKE</c>: <c>%</c> is any run of characters, <c>_</c> exactly one; <c>\%</c> and <c>\_</c> are themselves.
/// </summary>
internal sealed class LikePattern
{
    // What each character of the pattern stands for is beside it, so that an escaped wildcard is a character like any other.
    private readonly char[] _characters;
    private readonly Wildcard[] _wildcards;
    private readonly string _literal;
    private readonly Shape _shape;

    internal LikePattern(string pattern)
    {
        var characters = new List<char>();
        var wildcards = new List<Wildcard>();
        for (var i = 0; i < pattern.Length; i++)
        {
            var escaped = pattern[i] == '\\' && i + 1 < pattern.Length && pattern[i + 1] is '%' or '_';
            if (escaped) i++;
            var wildcard = escaped ? Wildcard.None : pattern[i] switch { '%' => Wildcard.Run, '_' => Wildcard.One, _ => Wildcard.None };
            // Several runs in a row are one.
            if (wildcard == Wildcard.Run && wildcards.Count > 0 && wildcards[^1] == Wildcard.Run) continue;
            characters.Add(pattern[i]);
            wildcards.Add(wildcard);
        }
        (_characters, _wildcards) = ([.. characters], [.. wildcards]);
        (_shape, _literal) = Recognize();
    }

    private enum Wildcard : byte
    {
        None,
        One,
        Run,
    }

    private enum Shape
    {
        Exact,
        Prefix,
        Suffix,
        Within,
        General,
    }

    internal bool Matches(string text) => _shape switch
    {
        Shape.Exact => text == _literal,
        Shape.Prefix => text.StartsWith(_literal, StringComparison.Ordinal),
        Shape.Suffix => text.EndsWith(_literal, StringComparison.Ordinal),
        Shape.Within => text.Contains(_literal, StringComparison.Ordinal),
        _ => MatchesGenerally(text),
    };

    // The four shapes that nearly all patterns have need no search.
    private (Shape, string) Recognize()
    {
        var begins = _wildcards is [Wildcard.Run, ..];
        var ends = _wildcards is [.., Wildcard.Run];
        var from = begins ? 1 : 0;
        var to = Math.Max(from, _wildcards.Length - (ends ? 1 : 0));
        var literal = new string(_characters, from, to - from);
        if (_wildcards.AsSpan(from, to - from).ContainsAnyExcept(Wildcard.None)) return (Shape.General, "");
        return ((begins, ends) switch
        {
            (false, false) => Shape.Exact,
            (false, true) => Shape.Prefix,
            (true, false) => Shape.Suffix,
            _ => Shape.Within,
        }, literal);
    }

    // Goes back to the last run only: earlier ones have found their shortest match already.
    private bool MatchesGenerally(ReadOnlySpan<char> text)
    {
        int at = 0, t = 0, run = -1, resume = 0;
        while (t < text.Length)
        {
            if (at < _wildcards.Length && _wildcards[at] == Wildcard.Run)
            {
                (run, resume) = (at++, t);
            }
            else if (at < _wildcards.Length && (_wildcards[at] == Wildcard.One || _characters[at] == text[t]))
            {
                t += _wildcards[at++] == Wildcard.One ? Characters.LengthAt(text, t) : 1;
            }
            else if (run >= 0)
            {
                resume += Characters.LengthAt(text, resume);
                (at, t) = (run + 1, resume);
            }
            else
            {
                return false;
            }
        }
        while (at < _wildcards.Length && _wildcards[at] == Wildcard.Run) at++;
        return at == _wildcards.Length;
    }
}
