using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Functions;

/// <summary>Places in texts, counted in characters (code points).</summary>
internal static class TextPlaces
{
    public static IEnumerable<CelOverload> All { get; } =
    [
        Of("string.charAt(int) string", static (text, a) => a.Int(1) is var at && at == text.Length ? new CelText("") : Part(text, at, at + 1)),
        Of("string.substring(int) string", static (text, a) => Part(text, a.Int(1), text.Length)),
        Of("string.substring(int, int) string", static (text, a) => Part(text, a.Int(1), a.Int(2))),
        Of("string.indexOf(string) int", static (text, a) => First(text, a.Text(1), 0)),
        Of("string.indexOf(string, int) int", static (text, a) => First(text, a.Text(1), a.Int(2))),
        Of("string.lastIndexOf(string) int", static (text, a) => Last(text, a.Text(1), text.Length)),
        Of("string.lastIndexOf(string, int) int", static (text, a) => Last(text, a.Text(1), a.Int(2))),
    ];

    private static CelOverload Of(string signature, Func<CodePoints, CelValue[], CelValue> body) => CelOverload.Of(signature, (a, budget) =>
    {
        budget.ChargeText(a.Text(0).Length);
        return body(new CodePoints(a.Text(0)), a);
    });

    private static CelValue Part(CodePoints text, long from, long to) =>
        from < 0 || from > text.Length ? OutOfRange(from) : to < 0 || to > text.Length ? OutOfRange(to)
        : to < from ? new CelError($"invalid substring range. start: {from}, end: {to}")
        : new CelText(text.Text[text.UnitAt((int)from)..text.UnitAt((int)to)]);

    private static CelValue First(CodePoints text, string part, long from)
    {
        if (from < 0 || from > text.Length) return OutOfRange(from);
        return Place(text, text.Text.IndexOf(part, text.UnitAt((int)from), StringComparison.Ordinal));
    }

    // The last that begins at a place or before it.
    private static CelValue Last(CodePoints text, string part, long from)
    {
        if (from < 0 || from > text.Length) return OutOfRange(from);
        var end = Math.Min(text.UnitAt((int)from) + part.Length, text.Text.Length);
        return Place(text, text.Text.AsSpan(0, end).LastIndexOf(part));
    }

    private static CelInt Place(CodePoints text, int unit) => new(unit < 0 ? -1 : text.PlaceOf(unit));

    private static CelError OutOfRange(long place) => new($"index out of range: {place}");

    /// <summary>A text by its characters; almost always they are UTF-16's units.</summary>
    private readonly struct CodePoints(string text)
    {
        private readonly bool _isPlain = !text.AsSpan().ContainsAnyInRange('\ud800', '\udfff');

        public string Text => text;

        public int Length => _isPlain ? text.Length : text.EnumerateRunes().Count();

        public int UnitAt(int place) => _isPlain ? place : text.EnumerateRunes().Take(place).Sum(static rune => rune.Utf16SequenceLength);

        public int PlaceOf(int unit) => _isPlain ? unit : text[..unit].EnumerateRunes().Count();
    }
}
