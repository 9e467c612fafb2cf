using System.CommandLine;
using System.Text.RegularExpressions;
using Kip.Host.CommandLine;
using Kip.Host.Commands.Events;
using Shouldly;

namespace Kip.Tests.Host.Events;

/// <summary>The verbs below <c>kip events</c> have what every verb has.</summary>
public partial class EventsHelpTests
{
    public static TheoryData<string> Verbs =>
        ["send", "tail", "replay", "dlq", "dlq list", "dlq show", "dlq redrive", "dlq remove", "trace", "graph"];

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Each_has_help_with_examples_that_parse(string verb)
    {
        string[] words = ["events", .. verb.Split(' ')];
        var (code, output, error) = await Said.ByAsync([.. words, "--help"]);
        code.ShouldBe(0);
        error.ShouldBeEmpty();
        output.ShouldContain("--kubeconfig");

        var examples = output[output.IndexOf("Examples:", StringComparison.Ordinal)..].Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
        examples.ShouldNotBeEmpty();
        foreach (var example in examples)
        {
            example.Trim().ShouldStartWith($"kip events {verb}");
            var line = Words().Matches(example.Trim()["kip ".Length..]).Select(static m => m.Value.Trim('\'')).ToArray();
            var parsed = KipCommandLine.Make().Parse(line, new ParserConfiguration { ResponseFileTokenReplacer = null });
            parsed.Errors.ShouldBeEmpty(example);
            if (Array.IndexOf(line, "--filter") is >= 0 and var at) RangeOptions.Checked(line[at + 1]).ShouldNotBeNull();
        }
    }

    // As a shell cuts a line: what is in single quotes is one word.
    [GeneratedRegex(@"'[^']*'|\S+")]
    private static partial Regex Words();
}
