using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Kip.Host.Commands;
using Kip.Host.Commands.Conformance;
using Kip.Host.Commands.Simulate;
using Kip.Host.Commands.Users;
using Kip.Host.Commands.Why;
using Kip.Host.Commands.Events;
using Kip.Host.Commands.Images;
using Kip.Host.Commands.Resources;
using Kip.Host.Commands.Traffic;

namespace Kip.Host.CommandLine;

/// <summary>The whole command line: every verb, how words become a call, and how a mistake is answered.</summary>
internal static class KipCommandLine
{
    /// <summary>The exit code of a command line that cannot be understood, as of the shell's own commands.</summary>
    public const int UsageError = 2;

    private static readonly string[] Verbs =
    [
        "up", "down", "quickstart", "status", "deploy", "invoke", "logs", "exec", "traffic", "rollback", "domain", "apply", "get", "describe",
        "why", "simulate", "record", "delete", "image", "registry", "events", "user", "ca", "version", "completion", HelloWorldCommand.Name,
        ConformanceAppCommand.Name,
    ];

    /// <summary>The program's commands, made anew.</summary>
    public static RootCommand Make() => Make(Verbs);

    /// <summary>Runs what the words ask for. Words that cannot be understood are answered by one sentence and where to read more.</summary>
    /// <param name="arguments">The words behind the program's name; none asks for help.</param>
    /// <param name="output">Where help goes.</param>
    /// <param name="error">Where the sentence goes.</param>
    /// <returns>The exit code: 0, what the verb failed with, or <see cref="UsageError"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        // "@latest" is a revision's name here, not a file of arguments.
        var parsing = new ParserConfiguration { ResponseFileTokenReplacer = null };
        var parsed = For(arguments).Parse(arguments.Count == 0 ? ["--help"] : arguments, parsing);
        if (ParseMistake.IsIn(parsed))
        {
            await error.WriteLineAsync($"kip: {ParseMistake.Describe(parsed)}\nsee: {ParseMistake.HelpLine(parsed)}");
            return UsageError;
        }
        // The verbs that must end gracefully wait for the signals themselves.
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, Output = output, Error = error });
    }

    // A call of one verb makes that one alone: the others' options and what they stand for need not come into memory.
    private static RootCommand For(IReadOnlyList<string> arguments) =>
        arguments is [var verb, ..] && Verbs.Contains(verb) ? Make([verb]) : Make();

    private static RootCommand Make(IReadOnlyList<string> verbs)
    {
        var root = new RootCommand("Kip runs Knative services, from source or manifest, in one process on this machine.");
        foreach (var verb in verbs) root.Add(MakeVerb(verb));
        root.Options.Remove(root.Options.OfType<HelpOption>().Single());
        root.Options.Add(new HelpOption("--help", "-h") { Action = new HelpLayout() });
        root.Options.Add(GlobalOptions.Kubeconfig);
        root.Options.Add(GlobalOptions.Namespace);
        return root;
    }

    private static Verb MakeVerb(string name) => name switch
    {
        "up" => UpCommand.Make(),
        "down" => DownCommand.Make(),
        "quickstart" => QuickstartCommand.Make(),
        "status" => StatusCommand.Make(),
        "deploy" => DeployCommand.Make(),
        "invoke" => InvokeCommand.Make(),
        "logs" => LogsCommand.Make(),
        "exec" => ExecCommand.Make(),
        "traffic" => TrafficCommand.Make(),
        "rollback" => RollbackCommand.Make(),
        "domain" => DomainCommand.Make(),
        "apply" => ApplyCommand.Make(),
        "get" => GetCommand.Make(),
        "describe" => DescribeCommand.Make(),
        "why" => WhyCommand.Make(),
        "simulate" => SimulateCommand.Make(),
        "record" => RecordCommand.Make(),
        "delete" => DeleteCommand.Make(),
        "image" => ImageCommand.Make(),
        "registry" => RegistryCommand.Make(),
        "events" => EventsCommand.Make(),
        "user" => UserCommand.Make(),
        "ca" => CaCommand.Make(),
        "version" => VersionCommand.Make(),
        "completion" => CompletionCommand.Make(),
        HelloWorldCommand.Name => HelloWorldCommand.Make(),
        ConformanceAppCommand.Name => ConformanceAppCommand.Make(),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "there is no such verb"),
    };
}
