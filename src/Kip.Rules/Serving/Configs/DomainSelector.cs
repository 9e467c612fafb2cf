using Kip.Resources;

namespace Kip.Rules.Serving.Configs;

/// <summary>The value of one domain in <c>config-domain</c>: a block of YAML with <c>selector</c> and <c>type</c>.</summary>
/// <remarks>Two levels of <c>key: value</c> are all that such an entry can hold, so that is all that is read.</remarks>
internal static class DomainSelector
{
    /// <summary>The labels selected by; empty when there are none; null, with an error, when the text is not understood.</summary>
    public static StringMap? Parse(string text, out string error)
    {
        var labels = new List<KeyValuePair<string, string>>();
        var inSelector = false;
        foreach (var raw in text.Split('\n'))
        {
            var comment = raw.IndexOf(" #", StringComparison.Ordinal);
            var line = (comment >= 0 ? raw[..comment] : raw).TrimEnd();
            var word = line.Trim();
            if (word.Length == 0 || word[0] == '#' || word is "---" or "{}" or "\"\"") continue;
            var colon = word.IndexOf(':');
            if (colon <= 0) return Wrong(word, out error);
            var (key, value) = (Unquote(word[..colon]), Unquote(word[(colon + 1)..].Trim()));
            if (char.IsWhiteSpace(line[0]))
            {
                if (!inSelector || value.Length == 0) return Wrong(word, out error);
                labels.Add(new(key, value));
                continue;
            }
            inSelector = key == "selector" && value.Length == 0;
            if (!inSelector && !(key == "selector" && value == "{}") && !(key == "type" && value is "wildcard" or ""))
                return Wrong(word, out error);
        }
        error = "";
        return StringMap.From(labels);
    }

    private static StringMap? Wrong(string word, out string error)
    {
        error = $"\"{word}\" is not understood; write\nselector:\n  label: value\nor leave the value empty for a default domain";
        return null;
    }

    private static string Unquote(string word) =>
        word is ['"', .., '"'] or ['\'', .., '\''] ? word[1..^1] : word;
}
