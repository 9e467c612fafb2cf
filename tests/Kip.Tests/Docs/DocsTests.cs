using System.Text.RegularExpressions;
using Kip.Testing.Programs;
using Shouldly;

namespace Kip.Tests.Docs;

/// <summary>The pages lead where they say they lead, and none is left out of the index.</summary>
public sealed partial class DocsTests
{
    private static readonly string Root = Repository.Root;

    private static readonly Page[] Pages =
    [
        .. Directory.EnumerateFiles(Root, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories))
            .Select(static f => Page.Read(Path.GetRelativePath(Root, f), File.ReadAllText(f))),
    ];

    public static TheoryData<string> Files => [.. Pages.Select(static p => p.File)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_link_of_a_page_leads_to_a_file_and_to_a_heading_in_it(string file)
    {
        var page = Pages.Single(p => p.File == file);

        page.Links.Where(link => !Leads(page, link)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_page_is_reached_from_the_index()
    {
        var index = Pages.Single(static p => p.File == "docs/README.md");

        Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md").Select(static f => Path.GetFileName(f)).Where(static f => f != "README.md")
            .Except(index.Links).ShouldBeEmpty();
    }

    [Fact]
    public void Decisions_are_numbered_from_one_without_a_gap_and_say_their_number()
    {
        var decisions = Pages.Where(static p => p.File.StartsWith("docs/decisions/", StringComparison.Ordinal)).OrderBy(static p => p.File).ToArray();

        decisions.Select(static p => Path.GetFileName(p.File)[..4]).ShouldBe(Enumerable.Range(1, decisions.Length).Select(static n => $"{n:0000}"));
        decisions.Select(static (p, i) => (p, Title: $"# {i + 1}. "))
            .Where(static d => !d.p.Text.StartsWith(d.Title, StringComparison.Ordinal)).Select(static d => d.p.File).ShouldBeEmpty();
    }

    [Fact]
    public void Every_page_that_the_sources_name_is_there()
    {
        var sources = new[] { "src", "tests" }.SelectMany(static p => Directory.EnumerateFiles(Path.Combine(Root, p), "*.cs", SearchOption.AllDirectories));

        var named = sources.SelectMany(static f => PageOfDocs.Matches(File.ReadAllText(f)).Select(m => (File: f, Page: m.Value))).ToArray();

        named.ShouldNotBeEmpty();
        named.Where(static n => !File.Exists(Path.Combine(Root, n.Page))).ShouldBeEmpty();
    }

    private static bool Leads(Page from, string link)
    {
        var (path, anchor) = link.IndexOf('#') is >= 0 and var at ? (link[..at], link[(at + 1)..]) : (link, "");
        var target = path.Length == 0 ? from.File : Path.GetRelativePath(Root, Path.Combine(Root, Path.GetDirectoryName(from.File)!, path));
        if (!Path.Exists(Path.Combine(Root, target))) return false;
        return anchor.Length == 0 || Pages.Any(p => p.File == target && p.Anchors.Contains(anchor));
    }

    [GeneratedRegex(@"\bdocs/[a-z0-9/-]+\.md")]
    private static partial Regex PageOfDocs { get; }
}
