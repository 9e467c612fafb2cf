using System.CommandLine;
using Kip.Host.CommandLine;

namespace Kip.Host.Commands;

/// <summary><c>kip completion SHELL</c>: a script that makes the shell complete kip's words.</summary>
internal static class CompletionCommand
{
    private static readonly Argument<string> Shell = MakeShell();

    // The program answers "[suggest:POSITION] LINE" with one candidate per line.
    private const string Bash =
        """
        _kip_complete() {
            local line=${COMP_LINE} point=${COMP_POINT} word=${COMP_WORDS[COMP_CWORD]}
            mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${point}]" "${line}" 2>/dev/null)" -- "${word}")
        }
        complete -F _kip_complete kip ./kip
        """;

    private const string Zsh =
        """
        _kip_complete() {
            local -a candidates
            candidates=("${(@f)$(${words[1]} "[suggest:${#BUFFER}]" "${BUFFER}" 2>/dev/null)}")
            compadd -a candidates
        }
        compdef _kip_complete kip ./kip
        """;

    private const string Fish =
        """
        complete -f -c kip -a '(set -l line (commandline -cp); kip "[suggest:"(string length -- $line)"]" $line 2>/dev/null)'
        """;

    public static Verb Make() => new Verb(
        "completion",
        "Print a script that makes your shell complete kip's commands.",
        "source <(kip completion bash)",
        "kip completion zsh > \"${fpath[1]}/_kip\"",
        "kip completion fish | source")
        .With(Shell)
        .Does(static (parsed, _) =>
        {
            Console.Out.WriteLine(parsed.GetRequiredValue(Shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish });
            return Task.CompletedTask;
        });

    private static Argument<string> MakeShell()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        return shell;
    }
}
