using System.Reflection;
using System.Text.RegularExpressions;
using Kip.Conformance;
using Kip.Testing.Programs;
using Shouldly;

namespace Kip.Tests.Conformance.ServingStatements;

/// <summary>Every statement of the reference on Serving has a test, or a line in the list of differences; and what it names exists.</summary>
public partial class ServingStatementsTests
{
    private static readonly Statement[] All =
    [
        .. ApiStatements.All, .. RevisionSpecStatements.All, .. MetadataStatements.All, .. ConfigMapStatements.All, .. ReconcilerStatements.All,
        .. AutoscalerStatements.All, .. DataPlaneStatements.All, .. NetworkingStatements.All, .. ObservabilityStatements.All,
    ];

    // The reference's sections. 2.11 and 3.1 only point elsewhere, or name numbers that the others use.
    private static readonly string[] Sections =
    [
        .. Numbers(1, 13), .. Numbers(2, 10), .. Numbers(3, 8), .. Numbers(4, 8), .. Numbers(5, 6), .. Numbers(6, 6),
    ];

    private static readonly HashSet<string> Tests = [.. typeof(ServingStatementsTests).Assembly.GetTypes()
        .SelectMany(static t => t.GetMethods(BindingFlags.Instance | BindingFlags.Public)
            .Where(static m => m.IsDefined(typeof(FactAttribute), inherit: true)).Select(m => $"{t.Name}.{m.Name}"))];

    [Fact]
    public void Every_section_has_its_statements() => All.Select(static s => s.Section).Distinct().ShouldBe(Sections, ignoreOrder: true);

    [Fact]
    public void No_statement_is_there_twice() =>
        All.GroupBy(static s => s.ToString()).Where(static g => g.Count() > 1).Select(static g => g.Key).ShouldBeEmpty();

    [Fact]
    public void Every_statement_has_a_test_a_case_or_a_line()
    {
        var document = Blanks().Replace(File.ReadAllText(Path.Combine(Repository.Root, "docs", "compatibility.md")), " ");

        All.Where(static s => s.Proofs.Length == 0).ShouldBeEmpty();
        All.SelectMany(static s => s.Proofs, static (s, proof) => (s, proof))
            .Where(p => !Exists(p.proof, document)).Select(static p => $"{p.s}: {p.proof}").ShouldBeEmpty();
    }

    // A case that is always skipped shows nothing.
    private static bool Exists(string proof, string document) => proof.Split(' ', 2) switch
    {
        ["case", var id] => ConformanceCases.All.Any(c => c.Id == id && c.IsSupported),
        ["doc", var text] => document.Contains(text, StringComparison.Ordinal),
        _ => Tests.Contains(proof),
    };

    private static IEnumerable<string> Numbers(int chapter, int last) => Enumerable.Range(1, last).Select(n => $"{chapter}.{n}");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
