using System.CommandLine;
using System.Net.WebSockets;
using Kip.Client;
using Kip.Client.Http;
using Kip.Client.Pods;
using Kip.Host.CommandLine;
using Kip.Host.Exec;
using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Host.Commands;

/// <summary><c>kip exec NAME -- PROGRAM</c>: runs a program in a pod of a service.</summary>
internal static class ExecCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "A service, or a pod" };
    private static readonly Argument<string[]> Command = new("PROGRAM")
    {
        Description = "The program and its arguments, after --", Arity = ArgumentArity.OneOrMore,
    };
    private static readonly Option<string?> Container = new("--container", "-c") { Description = "The container (default: the first)", HelpName = "C" };
    private static readonly Option<bool> Stdin = new("--stdin", "-i") { Description = "Hand on the input" };
    private static readonly Option<bool> Tty = new("--tty", "-t") { Description = "Give it a terminal" };

    public static Verb Make() => new Verb(
        "exec",
        "Run a program in a pod that runs.",
        "kip exec hello -- ls /",
        "kip exec hello -it -- sh")
        .With(Name).With(Command).With(Container).With(Stdin).With(Tty)
        .Does(RunAsync);

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        using var connection = Connection.Open(parsed);
        var options = new PodExecOptions
        {
            Container = parsed.GetValue(Container), Command = parsed.GetRequiredValue(Command).ToValueList(), Stdin = parsed.GetValue(Stdin),
            Tty = parsed.GetValue(Tty),
        };
        if (options.Tty && (Console.IsInputRedirected || Console.IsOutputRedirected))
            throw new CommandFailure("-t needs a terminal; leave it out where input or output is redirected");
        var pod = await PodOfAsync(connection, parsed.GetRequiredValue(Name), cancel);
        using var session = await connection.OpenExecAsync(pod, options, cancel);
        try
        {
            return await ExecStreams.RunAsync(session, options, cancel);
        }
        catch (WebSocketException broken)
        {
            throw new CommandFailure($"the connection to {pod} broke: {broken.Message}");
        }
    }

    private static async Task<string> PodOfAsync(Connection connection, string name, CancellationToken cancel)
    {
        if (await connection.Resources.GetAsync<Pod>(new(connection.Namespace, name), cancel) is not null) return name;
        await connection.ServiceAsync(name, cancel);
        var pods = await connection.Resources.ListAsync<Pod>(
            new ListOptions { Namespace = connection.Namespace, LabelSelector = $"serving.knative.dev/service={name}" }, cancel);
        return pods.FirstOrDefault(static p => p.Metadata.DeletionTimestamp is null && p.Status.Phase == "Running")?.Metadata.Name
            ?? throw new CommandFailure($"no pod of service \"{name}\" runs; wake it with: kip invoke {name}");
    }
}
