using System.CommandLine;
using System.Text.Json;
using Kip.Host.CommandLine;
using Kip.Host.Events;

namespace Kip.Host.Commands.Events;

/// <summary><c>kip events tail BROKER</c>: events as they come.</summary>
internal static class TailCommand
{
    private static readonly Argument<string> Topic = new("BROKER") { Description = TopicName.Help };
    private static readonly Option<string?> From = RangeOptions.From("events from now on; with --no-follow the oldest that is kept");
    private static readonly Option<string?> To = RangeOptions.To();
    private static readonly Option<string?> Filter = RangeOptions.Filter();
    private static readonly Option<long?> Limit = new("--limit") { Description = "End after so many events", HelpName = "N" };
    private static readonly Option<bool> NoFollow = new("--no-follow")
    {
        Description = "End with the newest event instead of waiting for more",
    };
    private static readonly Option<string?> Output = GlobalOptions.Output("json");

    public static Verb Make() => new Verb(
        "tail",
        "Show a Broker's or channel's events as they come.",
        "kip events tail orders",
        "kip events tail orders --filter 'type LIKE \"%.created\" AND EXISTS subject'",
        "kip events tail orders --from 10m --no-follow -o json",
        "kip events tail channel/audit --from 1 --limit 10")
        .With(Topic).With(From).With(To).With(Filter).With(Limit).With(NoFollow).With(Output)
        .Does(RunAsync);

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var filter = RangeOptions.Checked(parsed.GetValue(Filter));
        if (parsed.GetValue(Limit) < 1) throw new CommandFailure("--limit is a number of events, 1 or more");
        var now = TimeProvider.System.GetUtcNow();
        using var connection = Connection.Open(parsed);
        var topic = TopicName.Parse(parsed.GetRequiredValue(Topic), connection.Namespace);
        var follow = !parsed.GetValue(NoFollow);
        var json = parsed.GetValue(Output) == "json";
        var query = Query(
            ("follow", follow ? "true" : null),
            ("from", RangeOptions.Point("--from", parsed.GetValue(From), now)),
            ("to", RangeOptions.Point("--to", parsed.GetValue(To), now)),
            ("filter", filter),
            ("limit", parsed.GetValue(Limit)?.ToString()));
        var events = new EventsClient(connection).StreamAsync(HttpMethod.Get, $"{topic.Path}/events{query}", null, EventsJson.Default.StoredEvent, cancel);
        if (follow && !json && !Console.IsErrorRedirected) Console.Error.WriteLine($"Waiting for events of {topic}; Ctrl-C ends");
        await foreach (var stored in events)
        {
            Console.Out.WriteLine(json ? JsonSerializer.Serialize(stored, EventsJson.Default.StoredEvent) : EventLine.Of(stored));
        }
    }

    private static string Query(params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var query = "";
        foreach (var (name, value) in parameters)
        {
            if (value is not null) query += $"{(query.Length == 0 ? '?' : '&')}{name}={Uri.EscapeDataString(value)}";
        }
        return query;
    }
}
