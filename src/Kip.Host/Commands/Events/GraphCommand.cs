using System.CommandLine;
using Kip.Client;
using Kip.Host.CommandLine;
using Kip.Resources.Eventing;
using Kip.Resources.Flows;
using Kip.Resources.Messaging;
using Kip.Rules.Eventing.Graph;
using BrokerKind = Kip.Resources.Eventing.Broker;
using Parallel = Kip.Resources.Flows.Parallel;

namespace Kip.Host.Commands.Events;

/// <summary><c>kip events graph</c>: who sends what to whom.</summary>
internal static class GraphCommand
{
    private static readonly Option<string> Output = MakeOutput();
    private static readonly Option<string?> File = new("--file", "-f")
    {
        Description = "Write to a file instead of stdout", HelpName = "FILE",
    };
    private static readonly Option<bool> All = new("--all-namespaces", "-A") { Description = "Of all namespaces" };

    public static Verb Make() => new Verb(
        "graph",
        "Draw who sends what to whom: Brokers, Triggers, channels, flows, dead letters. Triggers' replies go back to their Broker and are not drawn.",
        "kip events graph",
        "kip events graph -o svg --file flow.svg",
        "kip events graph -A")
        .With(Output).With(File).With(All)
        .Does(RunAsync);

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        using var connection = Connection.Open(parsed);
        var graph = FlowGraphBuilder.Build(await LoadAsync(connection, parsed.GetValue(All), cancel));
        var text = parsed.GetValue(Output) == "svg" ? SvgPicture.Write(graph) : MermaidText.Write(graph);
        if (parsed.GetValue(File) is { } file) await System.IO.File.WriteAllTextAsync(file, text, cancel);
        else Console.Out.Write(text);
        if (graph.Nodes.IsEmpty) Console.Error.WriteLine(
            $"There are no Brokers, channels or flows in {(parsed.GetValue(All) ? "any namespace" : $"namespace {connection.Namespace}")}.");
    }

    private static async Task<FlowResources> LoadAsync(Connection connection, bool all, CancellationToken cancel)
    {
        var where = new ListOptions { Namespace = all ? null : connection.Namespace };
        var resources = connection.Resources;
        return new()
        {
            Brokers = await resources.ListAsync<BrokerKind>(where, cancel),
            Triggers = await resources.ListAsync<Trigger>(where, cancel),
            Channels = await resources.ListAsync<Channel>(where, cancel),
            InMemoryChannels = await resources.ListAsync<InMemoryChannel>(where, cancel),
            Subscriptions = await resources.ListAsync<Subscription>(where, cancel),
            Sequences = await resources.ListAsync<Sequence>(where, cancel),
            Parallels = await resources.ListAsync<Parallel>(where, cancel),
        };
    }

    private static Option<string> MakeOutput()
    {
        var option = new Option<string>("--output", "-o")
        {
            Description = "How to print: mermaid, svg", HelpName = "FORMAT", DefaultValueFactory = static _ => "mermaid",
        };
        option.AcceptOnlyFromAmong("mermaid", "svg");
        return option;
    }
}
