using System.CommandLine;
using System.Text.RegularExpressions;
using Kip.Host.CommandLine;
using Shouldly;

namespace Kip.Tests.Host;

/// <summary>What a newcomer reads: the list of commands and each one's help.</summary>
public partial class HelpTests
{
    // What does not print data: streams of text, scripts, and the platform's own coming and going.
    private static readonly string[] WithoutData = ["down", "quickstart", "logs", "completion", "helloworld"];

    public static TheoryData<string> Verbs => [.. KipCommandLine.Make().Subcommands.Where(static c => !c.Hidden).Select(static c => c.Name)];

    // A group prints nothing itself.
    public static TheoryData<string> VerbsWithData =>
        [.. KipCommandLine.Make().Subcommands.Where(static c => c.Subcommands.Count == 0).Select(static c => c.Name).Except(WithoutData)];

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Every_verb_has_help_with_an_example_of_itself(string verb)
    {
        var (code, output, error) = await Said.ByAsync(verb, "--help");

        code.ShouldBe(0);
        error.ShouldBeEmpty();
        output.ShouldContain("Usage:");
        var examples = output[output.IndexOf("Examples:", StringComparison.Ordinal)..];
        examples.ShouldContain($"kip {verb}");
        output.ShouldContain("--kubeconfig", Case.Sensitive, "the global options are options of each verb");
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Every_example_is_a_command_line_that_parses(string verb)
    {
        foreach (var example in ((Verb)KipCommandLine.Make().Subcommands.Single(c => c.Name == verb)).Examples)
        {
            var line = example[(example.IndexOf("kip ", StringComparison.Ordinal) + "kip ".Length)..].Split('#', '>', '|', ')')[0];
            var words = Words().Matches(line).Select(static m => m.Value.Trim('\'')).ToArray();

            var parsed = KipCommandLine.Make().Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null });

            parsed.Errors.ShouldBeEmpty(example);
            ParseMistake.IsIn(parsed).ShouldBeFalse(example);
        }
    }

    [Theory]
    [MemberData(nameof(VerbsWithData))]
    public void Every_verb_that_prints_data_prints_it_as_JSON_when_asked(string verb)
    {
        var parsed = KipCommandLine.Make().Parse([verb, "-o", "json"]);

        parsed.Errors.ShouldNotContain(static e => e.Message.Contains("json"), verb);
        parsed.UnmatchedTokens.ShouldBeEmpty(verb);
    }

    [Fact]
    public async Task No_words_at_all_show_the_commands_and_the_hidden_ones_are_not_among_them()
    {
        var (code, output, _) = await Said.ByAsync();

        code.ShouldBe(0);
        foreach (var verb in KipCommandLine.Make().Subcommands)
            output.Contains($"\n  {verb.Name} ").ShouldBe(verb.Name is not ("helloworld" or "conformance-app"), verb.Name);
    }

    [Fact]
    public void The_shell_is_offered_each_word_once()
    {
        var offered = KipCommandLine.Make().Parse("deploy ").GetCompletions(7).Select(static c => c.Label).ToList();

        offered.ShouldBeUnique();
        offered.ShouldContain("--name");
        KipCommandLine.Make().Parse("de").GetCompletions(2).Select(static c => c.Label).ShouldBe(["delete", "deploy", "describe"]);
    }

    // As a shell cuts a line: what is in single quotes is one word.
    [GeneratedRegex(@"'[^']*'|\S+")]
    private static partial Regex Words();
}
