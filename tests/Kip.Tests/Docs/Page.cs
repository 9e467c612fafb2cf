using System.Text.RegularExpressions;

namespace Kip.Tests.Docs;

/// <summary>A Markdown page.</summary>
/// <param name="File">Its path below the repository's root.</param>
/// <param name="Links">Where its links lead, but for those that leave the repository.</param>
/// <param name="Anchors">Its headings, as GitHub names them in links.</param>
internal sealed partial record Page(string File, string Text, IReadOnlyList<string> Links, IReadOnlySet<string> Anchors)
{
    public static Page Read(string file, string text)
    {
        // What stands in code is no link and no heading.
        var prose = Fences.Replace(text, "");
        return new(
            file, text,
            [.. LinkTargets.Matches(InlineCode.Replace(prose, "")).Select(static m => m.Groups[1].Value).Where(static l => !l.Contains(':'))],
            AnchorsOf(prose));
    }

    private static HashSet<string> AnchorsOf(string prose)
    {
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        foreach (Match heading in Headings.Matches(prose))
        {
            var name = NotInAnchors.Replace(LinkText.Replace(heading.Groups[1].Value.Trim(), "$1").ToLowerInvariant(), "").Replace(' ', '-');
            var unique = name;
            for (var again = 1; !anchors.Add(unique); again++) unique = $"{name}-{again}";
        }
        return anchors;
    }

    [GeneratedRegex("^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fences { get; }

    [GeneratedRegex("`[^`\n]*`")]
    private static partial Regex InlineCode { get; }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex LinkTargets { get; }

    [GeneratedRegex(@"^#+ (.*)$", RegexOptions.Multiline)]
    private static partial Regex Headings { get; }

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkText { get; }

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors { get; }
}
