using System.CommandLine;
using System.Text.Json;
using Kip.Host.CommandLine;
using Kip.Host.Events;

namespace Kip.Host.Commands.Events;

/// <summary><c>kip events trace ID</c>: the way that one event took.</summary>
internal static class TraceCommand
{
    private static readonly Argument<string> Id = new("ID") { Description = "The event's id" };
    private static readonly Option<string?> Output = GlobalOptions.Output("json");

    public static Verb Make() => new Verb(
        "trace",
        "Show the way one event took: received, matched, every attempt with its status and time, replies, dead letters.",
        "kip events trace 6f1c9f5e",
        "kip events trace 6f1c9f5e -o json")
        .With(Id).With(Output)
        .Does(RunAsync);

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        using var connection = Connection.Open(parsed);
        var id = parsed.GetRequiredValue(Id);
        var trace = await new EventsClient(connection).GetAsync($"trace/{Uri.EscapeDataString(id)}", EventsJson.Default.EventTrace, cancel);
        if (parsed.GetValue(Output) == "json")
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(trace, EventsJson.Indented.EventTrace));
            return;
        }
        foreach (var line in TraceText.Lines(trace)) Console.Out.WriteLine(line);
    }
}
