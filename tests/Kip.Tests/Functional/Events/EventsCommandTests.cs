using System.Text.Json;
using System.Xml.Linq;
using Kip.Testing.Eventing;
using Kip.Testing.Traffic;
using Kip.Testing.Programs;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Kip.Tests.Functional.Events;

/// <summary>Each verb of <c>kip events</c> against a running platform.</summary>
[Collection(KipCollection.Name)]
public class EventsCommandTests(KipFixture fixture)
{
    // A safety net: what never happens fails its test.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private KipProgram Kip => fixture.Kip;

    [Fact]
    public async Task An_event_that_is_sent_can_be_watched()
    {
        await BrokerAsync("watched");
        var sent = await EventsAsync("send", "watched", "--type", "com.example.first", "--id", "first", "--data", "{\"a\": 1}", "-e", "color=red");
        sent.ShouldBe("event first sent to broker watched: 202\n");

        await using var tail = Kip.Follow("events", "tail", "watched", "--filter", "type LIKE '%.second'", "-o", "json", "--from", "1");
        await EventsAsync("send", "watched", "--type", "com.example.second", "--id", "second", "--structured");
        JsonDocument.Parse(await tail.LineAsync("second")).RootElement.GetProperty("offset").GetInt64().ShouldBe(2);
        await tail.InterruptAsync();

        var all = await EventsAsync("tail", "watched", "--no-follow");
        all.ShouldContain("#1 ");
        all.ShouldContain("com.example.first from /kip/events/send id=first");
        all.ShouldContain("color=red");
        all.ShouldContain("\n    {\"a\": 1}\n");
        (await EventsAsync("tail", "watched", "--no-follow", "--from", "10m", "--limit", "1", "-o", "json")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ShouldHaveSingleItem().ShouldContain("first");

        (await Kip.KipAsync("events", "send", "nobody", "--type", "x")).Error.ShouldContain("there is no");
    }

    [Fact]
    public async Task An_event_sent_to_a_URL_shows_the_reply()
    {
        await using var sink = await EventSink.StartAsync((_, context) =>
        {
            context.Response.StatusCode = 200;
            context.Response.Headers["ce-specversion"] = "1.0";
            context.Response.Headers["ce-id"] = "answer";
            context.Response.Headers["ce-source"] = "/sink";
            context.Response.Headers["ce-type"] = "reply";
            return Task.CompletedTask;
        });
        (await EventsAsync("send", sink.Url.ToString(), "--type", "question", "--id", "1")).ShouldBe(
            $"event 1 sent to {sink.Url}: 200\nreply: {{\"specversion\":\"1.0\",\"id\":\"answer\",\"source\":\"/sink\",\"type\":\"reply\"}}\n");
        (await sink.NextAsync()).Event.Type.ShouldBe("question");

        await using var refusing = await EventSink.AnsweringAsync(static _ => 503);
        var refused = await Kip.KipAsync("events", "send", refusing.Url.ToString(), "--type", "question");
        refused.ExitCode.ShouldBe(22);
        refused.Error.ShouldContain("answered 503");

        using var closed = new ClosedPort();
        var unreachable = await Kip.KipAsync("events", "send", $"http://127.0.0.1:{closed.Number}/", "--type", "question");
        (unreachable.ExitCode, unreachable.Error).ShouldBe(
            (1, $"kip: http://127.0.0.1:{closed.Number}/ cannot be reached: Connection refused (127.0.0.1:{closed.Number})\n"));
    }

    [Fact]
    public async Task Kept_events_are_played_again()
    {
        await BrokerAsync("played");
        foreach (var id in (string[])["a", "b", "c"])
            await EventsAsync("send", "played", "--type", id == "b" ? "other" : "wanted", "--id", id);
        await using var sink = await EventSink.AnsweringAsync(static attempt => attempt == 1 ? 202 : 500);

        (await EventsAsync("replay", "played", "--sink", sink.Url.ToString(), "--filter", "type = 'wanted'")).ShouldBe("2 event(s) sent, 0 refused\n");
        (await sink.NextAsync(2)).Select(static e => e.Event.Id).ShouldBe(["a", "c"]);

        var again = await Kip.KipAsync("events", "replay", "played", "--from", "3", "--sink", sink.Url.ToString());
        again.ExitCode.ShouldBe(1);
        again.Output.ShouldBe("#3 c: 500\n0 event(s) sent, 1 refused\n");
    }

    [Fact]
    public async Task A_dead_letter_is_listed_shown_traced_and_redriven()
    {
        await BrokerAsync("buried");
        var broken = true;
        await using var sink = await EventSink.StartAsync((_, context) =>
        {
            context.Response.StatusCode = broken ? 400 : 202;
            return broken ? context.Response.WriteAsync("no such order") : Task.CompletedTask;
        });
        await TriggerAsync("billing", "buried", sink.Url);
        await EventsAsync("send", "buried", "--type", "order", "--id", "lost");

        var letter = await EventuallyAsync(async () =>
        {
            var list = JsonDocument.Parse(await EventsAsync("dlq", "list", "billing", "-o", "json")).RootElement.GetProperty("deadLetters");
            return list.GetArrayLength() == 0 ? null : list[0].GetProperty("id").GetString();
        });
        (await EventsAsync("dlq", "list")).ShouldContain(letter);
        var shown = await EventsAsync("dlq", "show", letter);
        shown.ShouldContain("no such order");
        shown.ShouldContain("\"id\": \"lost\"");

        var trace = await EventsAsync("trace", "lost");
        trace.ShouldContain("received by broker default/buried at offset 1: order from /kip/events/send");
        trace.ShouldContain("default/billing: attempt 1 to " + sink.Url);
        trace.ShouldContain("400");

        (await Kip.KipAsync("events", "dlq", "redrive", "billing")).ExitCode.ShouldBe(1);
        broken = false;
        (await EventsAsync("dlq", "redrive", letter)).ShouldBe("1 event(s) delivered, 0 refused\n");
        (await EventsAsync("dlq", "list", "billing", "-o", "json")).ShouldContain("\"deadLetters\": []");
        var again = await Kip.KipAsync("events", "dlq", "redrive", "billing");
        (again.ExitCode, again.Output).ShouldBe((0, ""));
        again.Error.ShouldContain("There are no dead letters of billing");
        (await Kip.KipAsync("events", "trace", "never")).ExitCode.ShouldBe(1);
        (await Kip.KipAsync("events", "tail", "buried", "--limit", "-5")).Error.ShouldContain("--limit is a number of events, 1 or more");
        await Kip.KubectlAsync("delete", "trigger/billing");
    }

    [Fact]
    public async Task The_graph_shows_who_sends_what_to_whom()
    {
        await BrokerAsync("drawn");
        await TriggerAsync("painter", "drawn", new Uri("http://127.0.0.1:9/"));

        (await EventsAsync("graph")).ShouldContain("{{\"broker drawn\"}}");
        var svg = XDocument.Parse(await EventsAsync("graph", "-o", "svg"));
        svg.Descendants().Select(static e => e.Value).ShouldContain("painter");
        await Kip.KubectlAsync("delete", "trigger/painter");
    }

    [Theory]
    [InlineData("say where to", "replay", "orders")]
    [InlineData("no CESQL expression: position 6", "tail", "orders", "--filter", "type=")]
    [InlineData("\"source\" is not a URI-reference", "send", "orders", "--type", "x", "--source", "a|b")]
    [InlineData("brokers/default/orders/17", "dlq", "show", "17")]
    public async Task What_cannot_be_meant_is_said_in_one_sentence(string message, params string[] arguments)
    {
        var refused = await Kip.KipWithInputAsync("{}", ["events", .. arguments]);
        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldStartWith("kip: ");
        refused.Error.ShouldContain(message);
    }

    private async Task<string> EventsAsync(params string[] arguments) => (await Kip.KipAsync(["events", .. arguments])).Succeeded().Output;

    private async Task BrokerAsync(string name)
    {
        await ApplyAsync($"{{apiVersion: eventing.knative.dev/v1, kind: Broker, metadata: {{name: {name}}}}}");
        (await Kip.KubectlAsync("wait", $"broker/{name}", "--for=condition=Ready", "--timeout=60s")).Succeeded();
    }

    private async Task TriggerAsync(string name, string broker, Uri subscriber)
    {
        await ApplyAsync($"{{apiVersion: eventing.knative.dev/v1, kind: Trigger, metadata: {{name: {name}}}, spec: {{broker: {broker}, subscriber: "
            + $"{{uri: {subscriber}}}}}}}");
        (await Kip.KubectlAsync("wait", $"trigger/{name}", "--for=condition=Ready", "--timeout=60s")).Succeeded();
    }

    private async Task ApplyAsync(string yaml) => (await Kip.KubectlWithInputAsync(yaml, "apply", "-f", "-")).Succeeded();

    private static async Task<T> EventuallyAsync<T>(Func<Task<T?>> ask)
        where T : class
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            if (await ask() is { } found) return found;
            patience.Token.ThrowIfCancellationRequested();
        }
    }
}
