using System.Text;

namespace Kip.Resources.Selectors;

/// <summary>Reads one field selector in its wire form.</summary>
internal static class FieldQueryParser
{
    public static ValueList<FieldRequirement> Parse(string text) => Terms(text).Select(term => Requirement(text, term)).ToValueList();

    private static IEnumerable<string> Terms(string text)
    {
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] == '\\') i++;
            else if (i == text.Length || text[i] == ',')
            {
                if (i > start) yield return text[start..i];
                start = i + 1;
            }
        }
        if (start < text.Length) yield return text[start..];
    }

    private static FieldRequirement Requirement(string text, string term)
    {
        var at = term.IndexOf('=', StringComparison.Ordinal);
        if (at < 0) throw new FormatException($"invalid selector: '{text}'; can't understand '{term}'");
        var negated = at > 0 && term[at - 1] == '!';
        var valueAt = !negated && at + 1 < term.Length && term[at + 1] == '=' ? at + 2 : at + 1;
        var field = term[..(negated ? at - 1 : at)].Trim();
        return new(field, Unescape(term[valueAt..]), negated);
    }

    private static string Unescape(string value)
    {
        if (!value.Contains('\\', StringComparison.Ordinal)) return value;
        var plain = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\' && (i + 1 == value.Length || value[i + 1] is not ('\\' or ',' or '=')))
                throw new FormatException($"invalid field selector: invalid escape sequence in value: '{value}'");
            if (value[i] == '\\') i++;
            plain.Append(value[i]);
        }
        return plain.ToString();
    }
}
