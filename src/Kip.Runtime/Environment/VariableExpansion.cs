using System.Text;

namespace Kip.Runtime.Environment;

/// <summary>Kubernetes' <c>$(NAME)</c> in commands, arguments and values. <c>$$(NAME)</c> stands for itself; an unknown name stays as it is.</summary>
public static class VariableExpansion
{
    public static string Expand(string text, IReadOnlyDictionary<string, string> variables)
    {
        if (!text.Contains('$')) return text;
        var expanded = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || i + 1 == text.Length)
            {
                expanded.Append(text[i]);
                continue;
            }
            if (text[i + 1] == '$')
            {
                expanded.Append('$');
                i++;
                continue;
            }
            var close = text[i + 1] == '(' ? text.IndexOf(')', i) : -1;
            if (close < 0)
            {
                expanded.Append('$');
                continue;
            }
            var name = text[(i + 2)..close];
            expanded.Append(variables.TryGetValue(name, out var value) ? value : text[i..(close + 1)]);
            i = close;
        }
        return expanded.ToString();
    }
}
