using System.Text;
using System.Text.RegularExpressions;

namespace Kip.Runtime.Bundles.Sources;

/// <summary>Which files of a source directory do not count: what tools make, and what <c>.gitignore</c> and <c>.kipignore</c> name.</summary>
internal sealed class IgnoreRules
{
    private static readonly HashSet<string> AlwaysIgnored = new(StringComparer.Ordinal)
    {
        ".git", ".hg", ".svn", "node_modules", "bin", "obj", "__pycache__", ".venv", "venv", ".vs", ".idea", ".vscode", ".pytest_cache", ".DS_Store",
    };

    private readonly List<(Regex Pattern, bool Keeps, bool FoldersOnly)> _rules = [];

    /// <summary>Reads the ignore files of the top folder.</summary>
    public static IgnoreRules Of(string root)
    {
        var rules = new IgnoreRules();
        foreach (var name in (string[])[".gitignore", ".kipignore"])
            if (Path.Combine(root, name) is var file && File.Exists(file))
                foreach (var line in File.ReadLines(file)) rules.Add(line);
        return rules;
    }

    /// <summary>Whether a file or folder is left out.</summary>
    /// <param name="path">Relative to the root, with slashes.</param>
    /// <param name="isFolder">Some rules are about folders only.</param>
    public bool Ignores(string path, bool isFolder)
    {
        var ignored = AlwaysIgnored.Contains(path[(path.LastIndexOf('/') + 1)..]);
        // The last rule that matches decides, as in git.
        foreach (var (pattern, keeps, foldersOnly) in _rules)
            if ((!foldersOnly || isFolder) && pattern.IsMatch(path)) ignored = !keeps;
        return ignored;
    }

    /// <summary>Adds one line of an ignore file.</summary>
    public void Add(string line)
    {
        line = line.TrimEnd();
        if (line.Length == 0 || line[0] == '#') return;
        var keeps = line[0] == '!';
        if (keeps) line = line[1..];
        var foldersOnly = line.EndsWith('/');
        if (foldersOnly) line = line[..^1];
        // A slash anywhere but at the end ties the pattern to the root; otherwise it matches at any depth.
        var anchored = line.Contains('/');
        var pattern = (anchored ? "^" : "^(?:.*/)?") + Translate(line.TrimStart('/')) + "$";
        _rules.Add((new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking), keeps, foldersOnly));
    }

    private static string Translate(string glob)
    {
        var pattern = new StringBuilder();
        for (var i = 0; i < glob.Length; i++)
        {
            if (glob.AsSpan(i).StartsWith("**/"))
            {
                pattern.Append("(?:.*/)?");
                i += 2;
            }
            else if (glob.AsSpan(i).StartsWith("**"))
            {
                pattern.Append(".*");
                i++;
            }
            else
            {
                pattern.Append(glob[i] switch { '*' => "[^/]*", '?' => "[^/]", var c => Regex.Escape(c.ToString()) });
            }
        }
        return pattern.ToString();
    }
}
