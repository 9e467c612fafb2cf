using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Kip.Rules.CustomResources;

/// <summary>A regular expression in Go's syntax (RE2), which schemas use. Matching takes time in proportion to the text.</summary>
public sealed class GoPattern(string text) : IEquatable<GoPattern>
{
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.NonBacktracking;

    private Regex? _regex;

    /// <summary>As it was written.</summary>
    public string Text => text;

    /// <summary>Why the expression is none; null when it can be matched.</summary>
    public string? Problem
    {
        get
        {
            try
            {
                _regex ??= new Regex(Translate(text), Options);
                return null;
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException)
            {
                return e.Message;
            }
        }
    }

    /// <summary>Whether the expression is found in a value. What cannot be matched is found nowhere.</summary>
    public bool IsMatch(string value) => Problem is null && _regex!.IsMatch(value);

    /// <summary>Where the expression is found, from left to right. What cannot be matched is found nowhere.</summary>
    public IEnumerable<string> Find(string value)
    {
        if (Problem is not null) yield break;
        for (var found = _regex!.Match(value); found.Success; found = found.NextMatch()) yield return found.Value;
    }

    public bool Equals(GoPattern? other) => text == other?.Text;

    public override bool Equals(object? obj) => Equals(obj as GoPattern);

    public override int GetHashCode() => text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => text;

    /// <summary>The same expression in .NET's syntax: classes mean ASCII, <c>$</c> the very end, groups are named as here.</summary>
    internal static string Translate(string go)
    {
        var result = new StringBuilder(go.Length + 16);
        var inClass = false;
        for (var at = 0; at < go.Length; at++)
        {
            var rest = go.AsSpan(at);
            if (rest[0] == '\\') at += Escape(rest, inClass, result) - 1;
            else if (inClass && rest.StartsWith("[:") && rest.IndexOf(":]") is > 0 and var end)
            {
                result.Append(Posix(rest[2..end].ToString()));
                at += end + 1;
            }
            else if (inClass)
            {
                // A bracket inside a class is itself; after a hyphen it would subtract in .NET.
                result.Append(rest[0] == '[' ? "\\[" : rest[0].ToString());
                inClass = rest[0] != ']';
            }
            else if (rest.StartsWith("(?P<"))
            {
                result.Append("(?<");
                at += 3;
            }
            else if (rest[0] == '[') at += OpenClass(rest, result, ref inClass) - 1;
            else result.Append(rest[0] == '$' ? "\\z" : rest[0].ToString());
        }
        return result.ToString();
    }

    // A bracket that comes first in a class is a member of it.
    private static int OpenClass(ReadOnlySpan<char> rest, StringBuilder result, ref bool inClass)
    {
        inClass = true;
        var taken = 1;
        result.Append('[');
        if (rest.Length > taken && rest[taken] == '^') result.Append(rest[taken++]);
        if (rest.Length > taken && rest[taken] == ']')
        {
            result.Append("\\]");
            taken++;
        }
        return taken;
    }

    private static int Escape(ReadOnlySpan<char> rest, bool inClass, StringBuilder result)
    {
        if (rest.Length < 2)
        {
            result.Append('\\');
            return 1;
        }
        switch (rest[1])
        {
            case 'd' or 'w' or 's':
                result.Append(inClass ? Members(rest[1]) : $"[{Members(rest[1])}]");
                return 2;
            case 'D' or 'W' or 'S' when !inClass:
                result.Append($"[^{Members(char.ToLowerInvariant(rest[1]))}]");
                return 2;
            case 'p' or 'P' when rest.Length > 2 && rest[2] != '{':
                result.Append($"\\{rest[1]}{{{rest[2]}}}");
                return 3;
            case 'x' when rest.Length > 2 && rest[2] == '{' && rest.IndexOf('}') is > 3 and var end
                && int.TryParse(rest[3..end], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code) && code <= 0xFFFF:
                result.Append($"\\u{code:X4}");
                return end + 1;
            case 'Q':
                var quoted = rest[2..].ToString();
                var close = quoted.IndexOf("\\E", StringComparison.Ordinal);
                result.Append(Regex.Escape(close < 0 ? quoted : quoted[..close]));
                return close < 0 ? rest.Length : close + 4;
            default:
                result.Append(rest[..2]);
                return 2;
        }
    }

    private static string Members(char escape) => escape switch { 'd' => "0-9", 'w' => "0-9A-Za-z_", _ => "\\t\\n\\f\\r " };

    private static string Posix(string name) => name switch
    {
        "alnum" => "0-9A-Za-z",
        "alpha" => "A-Za-z",
        "digit" => "0-9",
        "lower" => "a-z",
        "upper" => "A-Z",
        "space" => "\\t\\n\\v\\f\\r ",
        "word" => "0-9A-Za-z_",
        "xdigit" => "0-9A-Fa-f",
        "punct" => "!-/:-@\\[-`{-~",
        _ => throw new ArgumentException($"invalid character class range: `[:{name}:]`"),
    };
}
