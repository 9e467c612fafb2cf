using System.Globalization;
using System.Net;
using System.Text;

namespace Kip.Rules.RequestLogs;

/// <summary>The functions that a template may call, as Go's template package has them.</summary>
internal static class TemplateFunctions
{
    private static readonly HashSet<string> Names = ["js", "html", "urlquery", "index", "len", "print", "printf", "and", "or", "not", "eq", "ne"];

    public static bool Exists(string name) => Names.Contains(name);

    public static object? Call(string name, object?[] values) => (name, values) switch
    {
        ("js", _) => EscapeJs(Join(values)),
        ("html", _) => WebUtility.HtmlEncode(Join(values)),
        ("urlquery", _) => WebUtility.UrlEncode(Join(values)),
        ("print", _) => Join(values),
        ("printf", [string format, .. var rest]) => Format(format, rest),
        ("index", [TemplateValues.Headers headers, string key]) => headers.Facts.Header(key),
        ("index", [IReadOnlyList<string> list, long at]) =>
            at >= 0 && at < list.Count ? list[(int)at] : throw new TemplateException($"index out of range: {at}"),
        ("index", [TemplateValues.Headers headers, string key, long at]) => Call("index", [headers.Facts.Header(key), at]),
        ("len", [string text]) => (long)Encoding.UTF8.GetByteCount(text),
        ("len", [IReadOnlyList<string> list]) => (long)list.Count,
        ("not", [var value]) => !TemplateValues.IsTrue(value),
        ("and", [_, ..]) => values.FirstOrDefault(static v => !TemplateValues.IsTrue(v), values[^1]),
        ("or", [_, ..]) => values.FirstOrDefault(TemplateValues.IsTrue, values[^1]),
        ("eq", [var first, _, ..]) => values.Skip(1).Any(v => Equals(v, first)),
        ("ne", [var first, var second]) => !Equals(first, second),
        _ => throw new TemplateException($"{name} does not take these arguments"),
    };

    private static string Join(object?[] values) => string.Concat(values.Select(TemplateValues.Text));

    private static string EscapeJs(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (c is '\\' or '\'' or '"') escaped.Append('\\').Append(c);
            else if (c is '<' or '>' or '&' or '=' || char.IsControl(c)) escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            else escaped.Append(c);
        }
        return escaped.ToString();
    }

    // The verbs that a line of log has use for.
    private static string Format(string format, object?[] values)
    {
        var (text, next) = (new StringBuilder(), 0);
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }
            var end = i + 1;
            while (end < format.Length - 1 && (char.IsAsciiDigit(format[end]) || format[end] == '.')) end++;
            if (format[end] == '%') text.Append('%');
            else
                text.Append(Verb(
                    format[end], format[(i + 1)..end],
                    next < values.Length ? values[next++] : throw new TemplateException("printf has too few values")));
            i = end;
        }
        return text.ToString();
    }

    private static string Verb(char verb, string width, object? value) => (verb, value) switch
    {
        ('s' or 'v' or 'd', _) => TemplateValues.Text(value),
        ('q', _) => $"\"{EscapeJs(TemplateValues.Text(value))}\"",
        ('f', double number) =>
            number.ToString($"F{(width.Split('.') is [_, var digits] && digits.Length is 1 or 2 ? digits : "6")}", CultureInfo.InvariantCulture),
        _ => throw new TemplateException($"printf has no %{verb} for this value"),
    };
}
