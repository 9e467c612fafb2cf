using System.CommandLine;
using System.Text.Json;
using Kip.Host.CommandLine;
using Kip.Host.Events;

namespace Kip.Host.Commands.Events;

/// <summary><c>kip events replay BROKER</c>: kept events sent again.</summary>
internal static class ReplayCommand
{
    private static readonly Argument<string> Topic = new("BROKER") { Description = TopicName.Help };
    private static readonly Option<string?> From = RangeOptions.From("the oldest that is kept");
    private static readonly Option<string?> To = RangeOptions.To();
    private static readonly Option<string?> Filter = RangeOptions.Filter();
    private static readonly Option<string?> Trigger = new("--trigger")
    {
        Description = "To the subscriber of this Trigger or Subscription", HelpName = "T",
    };
    private static readonly Option<string?> Sink = new("--sink") { Description = "To this URL", HelpName = "URL" };
    private static readonly Option<double?> Rate = new("--rate")
    {
        Description = "At most so many events a second (default: as fast as they are taken)", HelpName = "R",
    };
    private static readonly Option<string?> Output = GlobalOptions.Output("json");

    public static Verb Make() => new Verb(
        "replay",
        "Send kept events again, in order, to a Trigger's subscriber or a URL. What Triggers have done is not touched.",
        "kip events replay orders --from 2026-01-31T12:00:00Z --trigger billing",
        "kip events replay orders --from 120 --to 140 --sink http://localhost:9000/",
        "kip events replay orders --from 1h --filter 'subject = \"7\"' --trigger billing --rate 50")
        .With(Topic).With(From).With(To).With(Filter).With(Trigger).With(Sink).With(Rate).With(Output)
        .Does(RunAsync);

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var order = Order(parsed);
        using var connection = Connection.Open(parsed);
        var topic = TopicName.Parse(parsed.GetRequiredValue(Topic), connection.Namespace);
        var json = parsed.GetValue(Output) == "json";
        var body = JsonSerializer.Serialize(order, EventsJson.Default.ReplayOrder);
        var lines = new EventsClient(connection).StreamAsync(HttpMethod.Post, $"{topic.Path}/replay", body, EventsJson.Default.ReplayLine, cancel);
        var last = await FollowAsync(lines, $"Replaying events of {topic}", json);
        // The platform says at last how many it sent; without that it was stopped on the way.
        if (last is null) throw new CommandFailure("the replay was broken off by the platform; begin again behind the last offset shown");
        if (!json) Console.Out.WriteLine($"{last.Sent} event(s) sent, {last.Failed} refused");
        if (last.Failed > 0) throw new CommandFailure($"{last.Failed} event(s) were not taken; see the statuses above");
    }

    private static ReplayOrder Order(ParseResult parsed)
    {
        var (trigger, sink, rate) = (parsed.GetValue(Trigger), parsed.GetValue(Sink), parsed.GetValue(Rate));
        if (trigger is null == sink is null) throw new CommandFailure("say where to: --trigger T, or --sink URL");
        if (rate <= 0) throw new CommandFailure("--rate is in events a second, more than 0");
        var now = TimeProvider.System.GetUtcNow();
        return new(
            RangeOptions.Point("--from", parsed.GetValue(From), now), RangeOptions.Point("--to", parsed.GetValue(To), now),
            RangeOptions.Checked(parsed.GetValue(Filter)), trigger, sink, rate);
    }

    private static async Task<ReplayLine?> FollowAsync(IAsyncEnumerable<ReplayLine> lines, string doing, bool json)
    {
        var (sent, shown) = (0L, 0L);
        await using var progress = Progress.Start(doing);
        await foreach (var line in lines)
        {
            if (json) Console.Out.WriteLine(JsonSerializer.Serialize(line, EventsJson.Default.ReplayLine));
            if (line.Done) return line;
            progress.Say($"{doing}: {++sent} so far, at offset {line.Offset}");
            // Those that went well are counted; the others are named, up to as many as can be read.
            if (!json && line.Status is not (>= 200 and <= 299) && shown++ < 100)
                Console.Out.WriteLine($"#{line.Offset} {line.Id}: {(line.Status is > 0 ? line.Status : "no answer")}");
        }
        return null;
    }
}
