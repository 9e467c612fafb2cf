using System.Globalization;
using System.Text;

namespace Kip.Rules.RequestLogs;

/// <summary>Reads a template.</summary>
internal sealed class TemplateParser
{
    // Deeper than any template that somebody can read.
    private const int MaxDepth = 32;

    private static readonly RequestLogEntry Sample = new() { Request = new SampleFacts() };

    private readonly string _text;
    private int _at;
    private int _depth;

    private TemplateParser(string text) => _text = text;

    /// <exception cref="TemplateException">It cannot be understood.</exception>
    public static IReadOnlyList<TemplateNode> Parse(string text)
    {
        var nodes = new TemplateParser(text).Nodes(out var end);
        if (end is not null) throw new TemplateException($"{{{{{end}}}}} ends nothing");
        // Wrong fields show when it is tried, not when the first request fails.
        foreach (var node in nodes) node.Write(new StringBuilder(), new(Sample, Sample));
        return nodes;
    }

    private List<TemplateNode> Nodes(out string? end)
    {
        if (++_depth > MaxDepth) throw new TemplateException("it is nested too deeply");
        var nodes = new List<TemplateNode>();
        while (true)
        {
            var open = _text.IndexOf("{{", _at, StringComparison.Ordinal);
            var text = open < 0 ? _text[_at..] : _text[_at..open];
            if (open < 0)
            {
                Add(nodes, text);
                end = null;
                break;
            }
            var words = Words(open, ref text);
            Add(nodes, text);
            if (words is ["end" or "else", ..])
            {
                end = string.Join(' ', words);
                _pending = words;
                break;
            }
            if (Node(words) is { } node) nodes.Add(node);
        }
        _depth--;
        return nodes;
    }

    private List<string> _pending = [];

    private static void Add(List<TemplateNode> nodes, string text)
    {
        if (text.Length > 0) nodes.Add(new TemplateNode.Literal(text));
    }

    // The words between {{ and }}; trims the text before and after where the braces say so.
    private List<string> Words(int open, ref string before)
    {
        var close = Close(open);
        var inner = _text[(open + 2)..close];
        _at = close + 2;
        if (inner.StartsWith("- ", StringComparison.Ordinal)) (inner, before) = (inner[2..], before.TrimEnd());
        if (inner.EndsWith(" -", StringComparison.Ordinal))
        {
            inner = inner[..^2];
            while (_at < _text.Length && char.IsWhiteSpace(_text[_at])) _at++;
        }
        return TemplateWords.Split(inner.Trim());
    }

    private int Close(int open)
    {
        var quote = '\0';
        for (var i = open + 2; i < _text.Length - 1; i++)
        {
            var c = _text[i];
            if (quote == '"' && c == '\\') i++;
            else if (quote != '\0') quote = c == quote ? '\0' : quote;
            else if (c is '"' or '`') quote = c;
            else if (c == '}' && _text[i + 1] == '}') return i;
        }
        throw new TemplateException("a {{ is never closed by }}");
    }

    private TemplateNode? Node(List<string> words)
    {
        switch (words)
        {
            case []: throw new TemplateException("there is nothing between {{ and }}");
            case ["if" or "with", ..]: return Choice(words[0] == "with", Pipeline(words[1..]));
            case ["range", ..]:
                var over = Pipeline(words[1..]);
                var body = Nodes(out var end);
                return new TemplateNode.Loop(over, body, Otherwise(end, "range"));
            case [['/', '*', ..], ..]: return null;
            default: return new TemplateNode.Action(Pipeline(words));
        }
    }

    private TemplateNode.Choice Choice(bool movesDot, TemplatePipeline condition)
    {
        var then = Nodes(out var end);
        // {{else if …}} is an {{if}} in the {{else}}, whose {{end}} ends both.
        if (_pending is ["else", "if", ..] && end is not null) return new(condition, movesDot, then, [Choice(false, Pipeline(_pending[2..]))]);
        return new(condition, movesDot, then, Otherwise(end, "if"));
    }

    private List<TemplateNode> Otherwise(string? end, string of)
    {
        if (end == "end") return [];
        if (end != "else") throw new TemplateException($"{{{{{of}}}}} has no {{{{end}}}}");
        var otherwise = Nodes(out end);
        return end == "end" ? otherwise : throw new TemplateException($"{{{{else}}}} has no {{{{end}}}}");
    }

    private static TemplatePipeline Pipeline(List<string> words)
    {
        var commands = new List<TemplateCommand>();
        var from = 0;
        for (var i = 0; i <= words.Count; i++)
        {
            if (i < words.Count && words[i] != "|") continue;
            commands.Add(Command(words[from..i]));
            from = i + 1;
        }
        return new(commands);
    }

    private static TemplateCommand Command(List<string> words)
    {
        if (words.Count == 0) throw new TemplateException("a command is missing");
        if (TemplateFunctions.Exists(words[0])) return new(words[0], [.. words[1..].Select(Operand)]);
        return new(null, [.. words.Select(Operand)]);
    }

    private static TemplateOperand Operand(string word)
    {
        if (word.StartsWith('(')) return new(null, null, Inner: Pipeline(TemplateWords.Split(word[1..^1].Trim())));
        if (word.StartsWith('"')) return new(TemplateWords.Unquote(word), null);
        if (word.StartsWith('`')) return new(word[1..^1], null);
        if (word is "true" or "false") return new(word == "true", null);
        if (long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return new(number, null);
        var fromRoot = word.StartsWith('$');
        if (!fromRoot && !word.StartsWith('.')) throw new TemplateException($"there is no function \"{word}\"");
        return new(null, [.. word.TrimStart('$').Split('.', StringSplitOptions.RemoveEmptyEntries)], fromRoot);
    }

    private sealed class SampleFacts : IRequestFacts
    {
        public string Method => "GET";

        public string RequestUri => "/";

        public string Path => "/";

        public string Query => "";

        public string Host => "host";

        public string Proto => "HTTP/1.1";

        public long ContentLength => 0;

        public string RemoteAddr => "127.0.0.1:1";

        public IReadOnlyList<string> Header(string name) => ["x"];
    }
}
