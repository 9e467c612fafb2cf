using System.Text;

namespace Kip.Rules.RequestLogs;

/// <summary>The words of a template's action: separated by spaces, but not within quotes and parentheses.</summary>
internal static class TemplateWords
{
    /// <exception cref="TemplateException">A quote or parenthesis is not closed.</exception>
    public static List<string> Split(string text)
    {
        var words = new List<string>();
        for (var i = 0; i < text.Length;)
        {
            if (char.IsWhiteSpace(text[i]))
            {
                i++;
                continue;
            }
            var end = text[i] == '|' ? i + 1 : End(text, i);
            words.Add(text[i..end]);
            i = end;
        }
        return words;
    }

    /// <summary>The text of a quoted word.</summary>
    public static string Unquote(string word)
    {
        var text = new StringBuilder(word.Length);
        for (var i = 1; i < word.Length - 1; i++)
        {
            if (word[i] != '\\') text.Append(word[i]);
            else text.Append(word[++i] switch { 'n' => '\n', 't' => '\t', var other => other });
        }
        return text.ToString();
    }

    private static int End(string text, int start)
    {
        var (quote, depth) = ('\0', 0);
        for (var i = start; i < text.Length; i++)
        {
            var c = text[i];
            if (quote == '"' && c == '\\') i++;
            else if (quote != '\0') quote = c == quote ? '\0' : quote;
            else if (c is '"' or '`') quote = c;
            else if (c == '(') depth++;
            else if (c == ')') depth--;
            else if (depth == 0 && (char.IsWhiteSpace(c) || c == '|')) return i;
        }
        return quote == '\0' && depth == 0 ? text.Length : throw new TemplateException($"\"{text[start..]}\" is not closed");
    }
}
