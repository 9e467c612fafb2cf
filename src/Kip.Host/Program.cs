using System.CommandLine;
using Kip.Host.CommandLine;
using Kip.Host.Commands;

var root = new RootCommand("Kip runs Knative services, from source or manifest, in one process on this machine.")
{
    UpCommand.Make(),
    DownCommand.Make(),
    QuickstartCommand.Make(),
    StatusCommand.Make(),
    DeployCommand.Make(),
    InvokeCommand.Make(),
    LogsCommand.Make(),
    TrafficCommand.Make(),
    RollbackCommand.Make(),
    ApplyCommand.Make(),
    GetCommand.Make(),
    DescribeCommand.Make(),
    DeleteCommand.Make(),
    VersionCommand.Make(),
    CompletionCommand.Make(),
    HelloWorldCommand.Make(),
};
root.Options.Add(GlobalOptions.Kubeconfig);
root.Options.Add(GlobalOptions.Namespace);

// "@latest" is a revision's name here, not a file of arguments.
var parsing = new ParserConfiguration { ResponseFileTokenReplacer = null };
// The verbs that must end gracefully wait for the signals themselves.
return await root.Parse(args, parsing).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
