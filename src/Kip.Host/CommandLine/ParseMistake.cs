using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace Kip.Host.CommandLine;

/// <summary>Says in one sentence what is wrong with a command line.</summary>
internal static class ParseMistake
{
    /// <summary>True when the words cannot be understood.</summary>
    public static bool IsIn(ParseResult parsed) => parsed.Action is ParseErrorAction || StrayOption(parsed) is not null;

    /// <summary>The first mistake: an unknown word first of all, since it is what makes the others.</summary>
    public static string Describe(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (StrayOption(parsed) is { } option) return Unknown(command, option);
        if (parsed.UnmatchedTokens is [var word, ..]) return Unknown(command, word);
        if (parsed.Errors is not [var mistake, ..]) return "this command line cannot be understood";
        return mistake.SymbolResult switch
        {
            CommandResult when command.Subcommands.Count > 0 => "which command?",
            OptionResult { IdentifierToken: null, Option.Name: var name } => $"{name} is missing",
            OptionResult { Option: var named } result => Describe(named.Name, named.ValueType, result.Tokens, mistake),
            ArgumentResult { Argument: var argument } result => Describe(argument.Name, argument.ValueType, result.Tokens, mistake),
            _ => mistake.Message,
        };
    }

    /// <summary>The command whose help fits: <c>kip VERB --help</c>, with the names of all groups that the verb is in.</summary>
    public static string HelpLine(ParseResult parsed) =>
        parsed.CommandResult.Command is RootCommand ? "kip --help" : $"kip {PathOf(parsed.CommandResult.Command)} --help";

    // The library takes "--nmae" for the argument it still lacks; nothing that kip takes begins with a dash, unless it stands behind "--".
    private static string? StrayOption(ParseResult parsed) =>
        parsed.Action is HelpLayout || parsed.Tokens.Any(static t => t.Type == TokenType.DoubleDash)
            ? null
            : parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(static a => a.Tokens).Select(static t => t.Value)
                .FirstOrDefault(static v => v.Length > 1 && v[0] == '-');

    private static string Unknown(Command command, string word)
    {
        if (command is not RootCommand && word.StartsWith('-')) return $"{PathOf(command)} has no option {word}";
        if (command.Subcommands.Count == 0) return $"{PathOf(command)} does not know what to do with \"{word}\"";
        if (word.StartsWith('-')) return $"there is no option {word}";
        var near = command.Subcommands.Where(static c => !c.Hidden).MinBy(c => EditDistance.Between(c.Name, word));
        var hint = near is not null && EditDistance.Between(near.Name, word) <= 2 ? $"; did you mean {near.Name}?" : "";
        var whole = command is RootCommand ? word : $"{PathOf(command)} {word}";
        return $"there is no command \"{whole}\"{hint}";
    }

    // "events graph": a verb's name alone does not tell which group it is in.
    private static string PathOf(Command command) => command.Parents.FirstOrDefault() is Command and not RootCommand and var group
        ? $"{PathOf((Command)group)} {command.Name}"
        : command.Name;

    private static string Describe(string name, Type type, IReadOnlyList<Token> given, ParseError mistake)
    {
        if (given.Count == 0) return mistake.SymbolResult is OptionResult ? $"{name} wants a value" : $"{name} is missing";
        if (mistake.Message.Split('\n') is [_, _, ..] lines)
            return $"'{given[0].Value}' is not one of: "
                + $"{string.Join(", ", lines.Skip(1).Select(static l => l.Trim(' ', '\t', '\r', '\'')).Where(static l => l.Length > 0))}";
        if ((Nullable.GetUnderlyingType(type) ?? type) == typeof(int)) return $"{name} wants a whole number, not \"{given[0].Value}\"";
        return mistake.Message;
    }
}
