using System.CommandLine;

namespace Kip.Host.CommandLine;

/// <summary>A command of kip: what it does, how it is used, and examples that its help shows.</summary>
internal sealed class Verb : Command
{
    private readonly string[] _examples;

    /// <param name="name">As typed.</param>
    /// <param name="description">One sentence for the list of commands; more may follow in the same text.</param>
    /// <param name="examples">Whole command lines, shown by <c>--help</c>.</param>
    public Verb(string name, string description, params string[] examples)
        : base(name, description) => _examples = examples;

    internal IReadOnlyList<string> Examples => _examples;

    /// <summary>What the command does. A <see cref="CommandFailure"/> or an API failure becomes one sentence on stderr.</summary>
    public Verb Does(Func<ParseResult, CancellationToken, Task> action)
    {
        SetAction((parsed, cancel) => CommandRunner.RunAsync(() => action(parsed, cancel), cancel));
        return this;
    }

    /// <summary>The same for a command that ends with an exit code of its own.</summary>
    public Verb Does(Func<ParseResult, CancellationToken, Task<int>> action)
    {
        SetAction((parsed, cancel) => CommandRunner.RunAsync(() => action(parsed, cancel), cancel));
        return this;
    }

    /// <summary>Adds an argument or option and goes on.</summary>
    public Verb With(Symbol symbol)
    {
        switch (symbol)
        {
            case Argument argument: Add(argument); break;
            case Option option: Add(option); break;
            case Command command: Add(command); break;
            default: throw new ArgumentException($"a verb takes arguments, options and verbs, not a {symbol.GetType().Name}", nameof(symbol));
        }
        return this;
    }
}
