using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Kip.Host.CommandLine;

/// <summary>What <c>--help</c> prints: the library's own sections, then the verb's examples.</summary>
internal sealed class HelpLayout : SynchronousCommandLineAction
{
    private readonly HelpAction _sections = new();

    // Help is shown whatever else is wrong on the line, as the library's own action does.
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var code = _sections.Invoke(parseResult);
        if (parseResult.CommandResult.Command is not Verb { Examples.Count: > 0 } verb) return code;
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var example in verb.Examples) output.WriteLine($"  {example}");
        return code;
    }
}
