using System.Text;
using Kip.Resources;

namespace Kip.Rules.Names;

/// <summary>What a <see cref="NameTemplate"/> may refer to.</summary>
public sealed record NameTemplateValues
{
    public string Name { get; init; } = "";
    public string Namespace { get; init; } = "";
    public string Domain { get; init; } = "";
    public string Tag { get; init; } = "";
    public StringMap Labels { get; init; }
    public StringMap Annotations { get; init; }
}

/// <summary>A template of config-network such as <c>{{.Name}}.{{.Namespace}}.{{.Domain}}</c>.</summary>
/// <remarks>
/// The part of Go's template language that such templates use: <c>.Name .Namespace .Domain .Tag .Labels.x .Annotations.x</c>
/// and <c>index .Labels "x"</c>. Pipelines, conditions and functions are refused when the template is read.
/// </remarks>
public sealed class NameTemplate
{
    private readonly (string Text, Field? Field)[] _parts;

    private NameTemplate(string text, (string, Field?)[] parts)
    {
        Text = text;
        _parts = parts;
    }

    /// <summary>The template as it was written.</summary>
    public string Text { get; }

    private sealed record Field(string Name, string? Key);

    /// <summary>Reads a template; on failure the error says which part is not understood.</summary>
    public static NameTemplate? Parse(string text, out string error)
    {
        var parts = new List<(string, Field?)>();
        var at = 0;
        while (at < text.Length)
        {
            var open = text.IndexOf("{{", at, StringComparison.Ordinal);
            if (open < 0) open = text.Length;
            if (open > at) parts.Add((text[at..open], null));
            if (open == text.Length) break;
            var close = text.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0)
            {
                error = $"unclosed action in template \"{text}\"";
                return null;
            }
            var action = text[(open + 2)..close].Trim().TrimStart('-').TrimEnd('-').Trim();
            if (ParseField(action) is not { } field)
            {
                error = $"template \"{text}\": \"{action}\" is not understood; "
                    + "use .Name, .Namespace, .Domain, .Tag, .Labels.x or .Annotations.x";
                return null;
            }
            parts.Add((action, field));
            at = close + 2;
        }
        error = "";
        return new NameTemplate(text, [.. parts]);
    }

    /// <summary>The text with the values filled in; null, with an error, when a label or annotation it needs is not there.</summary>
    public string? Render(NameTemplateValues values, out string error)
    {
        var text = new StringBuilder();
        foreach (var (part, field) in _parts)
        {
            var value = field is null ? part : ValueOf(field, values);
            if (value is null)
            {
                error = $"template \"{Text}\": {{{{{part}}}}} has no value here";
                return null;
            }
            text.Append(value);
        }
        error = "";
        return text.ToString();
    }

    private static Field? ParseField(string action)
    {
        var words = action.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is ["index", ".Labels" or ".Annotations", ['"', .., '"'] quoted]) return new(words[1], quoted[1..^1]);
        if (words is not [var word]) return null;
        if (word is ".Name" or ".Namespace" or ".Domain" or ".Tag") return new(word, null);
        foreach (var map in (ReadOnlySpan<string>)[".Labels", ".Annotations"])
            if (word.StartsWith(map + ".", StringComparison.Ordinal) && word.Length > map.Length + 1)
                return new(map, word[(map.Length + 1)..]);
        return null;
    }

    private static string? ValueOf(Field field, NameTemplateValues values) => field.Name switch
    {
        ".Name" => values.Name,
        ".Namespace" => values.Namespace,
        ".Domain" => values.Domain,
        ".Tag" => values.Tag,
        ".Labels" => values.Labels.Get(field.Key!),
        _ => values.Annotations.Get(field.Key!),
    };
}
