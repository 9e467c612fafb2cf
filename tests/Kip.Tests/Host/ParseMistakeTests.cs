using Kip.Host.CommandLine;
using Shouldly;

namespace Kip.Tests.Host;

/// <summary>A command line that cannot be understood is answered by one sentence and where to read more, on stderr.</summary>
public class ParseMistakeTests
{
    [Theory]
    [InlineData("frobnicate", "there is no command \"frobnicate\"", "kip --help")]
    [InlineData("deplyo .", "there is no command \"deplyo\"; did you mean deploy?", "kip --help")]
    [InlineData("statsu", "there is no command \"statsu\"; did you mean status?", "kip --help")]
    [InlineData("--frob", "there is no option --frob", "kip --help")]
    [InlineData("-n other", "which command?", "kip --help")]
    [InlineData("events graph --svg", "events graph has no option --svg", "kip events graph --help")]
    [InlineData("events tial orders", "there is no command \"events tial\"; did you mean tail?", "kip events --help")]
    [InlineData("get --frob", "get has no option --frob", "kip get --help")]
    [InlineData("deploy --nmae hello .", "deploy has no option --nmae", "kip deploy --help")]
    [InlineData("delete -x hello", "delete has no option -x", "kip delete --help")]
    [InlineData("status hello", "status does not know what to do with \"hello\"", "kip status --help")]
    [InlineData("deploy", "PATH is missing", "kip deploy --help")]
    [InlineData("traffic", "NAME is missing", "kip traffic --help")]
    [InlineData("apply", "--filename is missing", "kip apply --help")]
    [InlineData("deploy . --name", "--name wants a value", "kip deploy --help")]
    [InlineData("deploy . --port http", "--port wants a whole number, not \"http\"", "kip deploy --help")]
    [InlineData("logs hello --tail ten", "--tail wants a whole number, not \"ten\"", "kip logs --help")]
    [InlineData("get -o table", "'table' is not one of: json, yaml, name, wide", "kip get --help")]
    [InlineData("completion tcsh", "'tcsh' is not one of: bash, zsh, fish", "kip completion --help")]
    public async Task A_mistake_is_one_sentence(string line, string sentence, string help)
    {
        var (code, output, error) = await Said.ByAsync(line.Split(' '));

        code.ShouldBe(KipCommandLine.UsageError);
        output.ShouldBeEmpty();
        error.ShouldBe($"kip: {sentence}\nsee: {help}\n");
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("up", "", 2)]
    [InlineData("up", "up", 0)]
    [InlineData("down", "dwon", 2)]
    [InlineData("logs", "log", 1)]
    [InlineData("kitten", "sitting", 3)]
    public void Words_are_as_far_apart_as_letters_must_change(string one, string other, int distance)
    {
        EditDistance.Between(one, other).ShouldBe(distance);
        EditDistance.Between(other, one).ShouldBe(distance);
    }
}
