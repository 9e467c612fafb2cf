using System.Text;
using System.Text.RegularExpressions;

namespace Kip.Rules.CustomResources.Validations;

/// <summary>Members' names as expressions write them: what CEL cannot read as a name is spelled out, by Kubernetes' rules.</summary>
internal static partial class FieldNames
{
    private static readonly HashSet<string> Reserved =
    [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace",
        "return", "var", "void", "while",
    ];

    private static readonly (string Plain, string Spelled)[] Spellings = [(".", "__dot__"), ("-", "__dash__"), ("/", "__slash__"), ("__", "__underscores__")];

    /// <summary>The name in an expression; null when there is none.</summary>
    public static string? Escape(string name)
    {
        if (Reserved.Contains(name)) return $"__{name}__";
        if (!Escapable().IsMatch(name)) return null;
        if (!name.AsSpan().ContainsAny('.', '-', '/') && !name.Contains("__", StringComparison.Ordinal)) return name;
        var spelled = new StringBuilder();
        for (var at = 0; at < name.Length;)
        {
            var (plain, by) = Spellings.FirstOrDefault(pair => string.CompareOrdinal(name, at, pair.Plain, 0, pair.Plain.Length) == 0);
            spelled.Append(by ?? name[at].ToString());
            at += plain?.Length ?? 1;
        }
        return spelled.ToString();
    }

    /// <summary>The name that an expression means.</summary>
    public static string Unescape(string spelled)
    {
        if (!spelled.Contains("__", StringComparison.Ordinal)) return spelled;
        if (spelled.Length > 4 && spelled.StartsWith("__", StringComparison.Ordinal) && Reserved.Contains(spelled[2..^2])
            && spelled.EndsWith("__", StringComparison.Ordinal))
            return spelled[2..^2];
        var name = new StringBuilder();
        for (var at = 0; at < spelled.Length;)
        {
            var (plain, by) = Spellings.FirstOrDefault(pair => string.CompareOrdinal(spelled, at, pair.Spelled, 0, pair.Spelled.Length) == 0);
            name.Append(plain ?? spelled[at].ToString());
            at += by?.Length ?? 1;
        }
        return name.ToString();
    }

    [GeneratedRegex(@"^[A-Za-z_./-][A-Za-z0-9_./-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Escapable();
}
