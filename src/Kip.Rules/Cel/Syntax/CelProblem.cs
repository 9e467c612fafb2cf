using System.Globalization;

namespace Kip.Rules.Cel.Syntax;

/// <summary>An expression that means nothing. Never leaves this room: whoever compiles gets its words.</summary>
internal sealed class CelProblem(int at, string message) : Exception(message)
{
    /// <summary>The problem with its place, as cel-go shows it: the line of the expression, and a mark under the character.</summary>
    public string In(string text)
    {
        var place = Math.Min(at, text.Length);
        var start = place == 0 ? 0 : text.LastIndexOf('\n', place - 1) + 1;
        var end = text.IndexOf('\n', place) is >= 0 and var next ? next : text.Length;
        var line = text.AsSpan(0, start).Count('\n') + 1;
        return string.Create(CultureInfo.InvariantCulture,
            $"ERROR: <input>:{line}:{place - start + 1}: {Message}\n | {text[start..end]}\n | {new string('.', place - start)}^");
    }
}
