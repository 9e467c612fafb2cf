using System.CommandLine;
using Kip.Host.CommandLine;
using Kip.Host.Commands.Why;

namespace Kip.Host.Commands.Events;

/// <summary>
/// <c>kip events</c>: what the platform tells about its objects; <c>kip events …</c>: what can be done with the events that Brokers and channels keep.
/// </summary>
internal static class EventsCommand
{
    private static readonly Option<string?> For = new("--for")
    {
        Description = "Only what is told about this service, its revisions and pods", HelpName = "SERVICE",
    };
    private static readonly Option<string?> Output = GlobalOptions.Output("json");

    public static Verb Make() => new Verb(
        "events",
        "Show what the platform tells about the namespace's objects (Kubernetes Events). The events that Brokers and channels keep are sent, "
        + "watched, played again and followed by the commands below: 'kip events tail BROKER' shows them as they come, with --no-follow those "
        + "that are kept.",
        "kip events",
        "kip events --for hello",
        "kip events send orders --type com.example.order --data '{\"id\": 1}'",
        "kip events tail orders",
        "kip events trace 6f1c9f5e",
        "kip events graph")
        .With(For).With(Output)
        .With(SendCommand.Make())
        .With(TailCommand.Make())
        .With(ReplayCommand.Make())
        .With(DeadLettersCommand.Make())
        .With(TraceCommand.Make())
        .With(GraphCommand.Make())
        .Does(RunAsync);

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        using var connection = Connection.Open(parsed);
        await NamespaceEvents.PrintAsync(connection, parsed.GetValue(For), parsed.GetValue(Output) == "json", cancel);
    }
}
