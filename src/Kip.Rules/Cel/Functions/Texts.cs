using System.Text;
using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Functions;

/// <summary>Texts: what they contain, and what is made of them.</summary>
internal static class Texts
{
    public static IEnumerable<CelOverload> All { get; } =
    [
        Of("string.contains(string) bool", static a => CelBool.Of(a.Text(0).Contains(a.Text(1), StringComparison.Ordinal))),
        Of("string.startsWith(string) bool", static a => CelBool.Of(a.Text(0).StartsWith(a.Text(1), StringComparison.Ordinal))),
        Of("string.endsWith(string) bool", static a => CelBool.Of(a.Text(0).EndsWith(a.Text(1), StringComparison.Ordinal))),
        Of("string.lowerAscii() string", static a => new CelText(EachLetter(a.Text(0), static c => char.IsAsciiLetterUpper(c) ? char.ToLowerInvariant(c) : c))),
        Of("string.upperAscii() string", static a => new CelText(EachLetter(a.Text(0), static c => char.IsAsciiLetterLower(c) ? char.ToUpperInvariant(c) : c))),
        Of("string.trim() string", static a => new CelText(a.Text(0).Trim())),
        Of("string.reverse() string", static a => new CelText(string.Concat(a.Text(0).EnumerateRunes().Reverse()))),
        CelOverload.Of("string.replace(string, string) string", static (a, budget) => Replace(a, int.MaxValue, budget)),
        CelOverload.Of("string.replace(string, string, int) string", static (a, budget) => Replace(a, a.Int(3), budget)),
        CelOverload.Of("string.split(string) list<string>", static (a, budget) => Split(a, -1, budget)),
        CelOverload.Of("string.split(string, int) list<string>", static (a, budget) => Split(a, a.Int(2), budget)),
        CelOverload.Of("list<string>.join() string", static (a, budget) => Join(a.List(0), "", budget)),
        CelOverload.Of("list<string>.join(string) string", static (a, budget) => Join(a.List(0), a.Text(1), budget)),
        CelOverload.Of("string.format(list<dyn>) string", static (a, budget) => TextFormat.Write(a.Text(0), a.List(1), budget)),
        Of("strings::quote(string) string", static a => new CelText(TextFormat.Quoted(a.Text(0)))),
    ];

    private static CelOverload Of(string signature, Func<CelValue[], CelValue> body) => CelOverload.Of(signature, (a, budget) =>
    {
        budget.ChargeText(a.Text(0).Length);
        return body(a);
    });

    private static string EachLetter(string text, Func<char, char> change) => string.Create(text.Length, (text, change), static (to, of) =>
    {
        for (var i = 0; i < to.Length; i++) to[i] = of.change(of.text[i]);
    });

    // How long the result becomes is known before it is made.
    private static CelValue Replace(CelValue[] a, long most, CelBudget budget)
    {
        var (text, old, by) = (a.Text(0), a.Text(1), a.Text(2));
        budget.ChargeText(text.Length);
        if (most == 0 || (old.Length == 0 && by.Length == 0)) return a[0];
        var places = Places(text, old).Take(most < 0 ? int.MaxValue : (int)Math.Min(most, int.MaxValue)).ToArray();
        budget.ChargeText(text.Length + ((long)places.Length * (by.Length - old.Length)));
        var result = new StringBuilder();
        var from = 0;
        foreach (var place in places)
        {
            result.Append(text, from, place - from).Append(by);
            from = place + old.Length;
        }
        return new CelText(result.Append(text, from, text.Length - from).ToString());
    }

    // Nothing is found before each character and at the end.
    private static IEnumerable<int> Places(string text, string part)
    {
        var at = 0;
        if (part.Length > 0)
        {
            while ((at = text.IndexOf(part, at, StringComparison.Ordinal)) >= 0)
            {
                yield return at;
                at += part.Length;
            }
            yield break;
        }
        foreach (var rune in text.EnumerateRunes())
        {
            yield return at;
            at += rune.Utf16SequenceLength;
        }
        yield return at;
    }

    private static CelItems Split(CelValue[] a, long most, CelBudget budget)
    {
        var (text, by) = (a.Text(0), a.Text(1));
        budget.ChargeText(text.Length);
        if (most == 0) return new([]);
        var count = most < 0 ? int.MaxValue : (int)Math.Min(most, int.MaxValue);
        var parts = new List<CelValue>();
        var from = 0;
        foreach (var place in Places(text, by))
        {
            if (parts.Count + 1 == count) break;
            if (by.Length == 0 && (place == 0 || place == text.Length)) continue;
            budget.Charge(1);
            parts.Add(new CelText(text[from..place]));
            from = place + by.Length;
        }
        if (by.Length > 0 || text.Length > 0) parts.Add(new CelText(text[from..]));
        return new(parts);
    }

    private static CelValue Join(CelList list, string by, CelBudget budget)
    {
        var result = new StringBuilder();
        var isFirst = true;
        foreach (var item in list.Items)
        {
            if (item is not CelText text) return CelError.NoSuchOverload;
            budget.ChargeText(text.Value.Length + by.Length + result.Length / 10);
            if (!isFirst) result.Append(by);
            result.Append(text.Value);
            isFirst = false;
        }
        return new CelText(result.ToString());
    }
}
