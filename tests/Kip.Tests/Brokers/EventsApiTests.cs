using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Kip.Testing.Eventing;
using Shouldly;

namespace Kip.Tests.Brokers;

public sealed class EventsApiTests : IAsyncLifetime
{
    private BrokerBed _bed = null!;

    public async ValueTask InitializeAsync()
    {
        _bed = await BrokerBed.StartAsync();
        await _bed.PutAsync(EventingObjects.Broker());
    }

    public ValueTask DisposeAsync() => _bed.DisposeAsync();

    [Fact]
    public async Task Kept_events_are_streamed_from_an_offset_or_a_time_through_a_filter()
    {
        for (var i = 1; i <= 5; i++) (await _bed.SendAsync($"{i}", type: i % 2 == 0 ? "even" : "odd")).Dispose();
        (await IdsAsync("brokers/default/main/events")).ShouldBe(["1", "2", "3", "4", "5"]);
        (await IdsAsync("brokers/default/main/events?from=2&to=4")).ShouldBe(["2", "3", "4"]);
        (await IdsAsync("brokers/default/main/events?limit=2")).ShouldBe(["1", "2"]);
        (await IdsAsync($"brokers/default/main/events?filter={Uri.EscapeDataString("type = 'even'")}")).ShouldBe(["2", "4"]);
        (await IdsAsync("brokers/default/main/events?to=2000-01-01T00:00:00Z")).ShouldBeEmpty();
        (await IdsAsync("brokers/default/main/events?from=2000-01-01T00:00:00Z")).Count.ShouldBe(5);
        var line = (await LinesAsync("brokers/default/main/events?limit=1")).Single();
        line.GetProperty("offset").GetInt64().ShouldBe(1);
        line.GetProperty("event").GetProperty("source").GetString().ShouldBe("/test");
    }

    [Theory]
    [InlineData("brokers/default/main/events?from=yesterday", HttpStatusCode.BadRequest)]
    [InlineData("brokers/default/main/events?filter=type%20=", HttpStatusCode.BadRequest)]
    [InlineData("brokers/default/nowhere/events", HttpStatusCode.NotFound)]
    [InlineData("queues/default/main/events", HttpStatusCode.NotFound)]
    [InlineData("trace/nobody", HttpStatusCode.NotFound)]
    [InlineData("deadletters/brokers/default/main/17", HttpStatusCode.NotFound)]
    [InlineData("nonsense", HttpStatusCode.NotFound)]
    [InlineData("brokers/default/main/events?limit=-5", HttpStatusCode.BadRequest)]
    [InlineData("deadletters?limit=all", HttpStatusCode.BadRequest)]
    public async Task What_cannot_be_answered_is_told(string path, HttpStatusCode status)
    {
        using var response = await _bed.ApiAsync(HttpMethod.Get, path);
        response.StatusCode.ShouldBe(status);
        (await response.Content.ReadAsStringAsync()).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_stream_that_follows_shows_events_as_they_come()
    {
        (await _bed.SendAsync("before")).Dispose();
        using var response = await _bed.ApiAsync(
            HttpMethod.Get, "brokers/default/main/events?follow=true&limit=2", completion: HttpCompletionOption.ResponseHeadersRead);
        (await _bed.SendAsync("first")).Dispose();
        (await _bed.SendAsync("second")).Dispose();
        var text = await response.Content.ReadAsStringAsync().WaitAsync(TimeSpan.FromSeconds(60));
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static l => JsonDocument.Parse(l).RootElement.GetProperty("event").GetProperty("id").GetString())
            .ShouldBe(["first", "second"]);
    }

    [Fact]
    public async Task Events_can_be_sent_through_the_API()
    {
        var content = new StringContent("""{"specversion":"1.0","id":"s1","source":"/s","type":"t"}""", Encoding.UTF8);
        content.Headers.ContentType = new("application/cloudevents+json");
        using var response = await _bed.ApiAsync(HttpMethod.Post, "brokers/default/main/events", content);
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await IdsAsync("brokers/default/main/events")).ShouldBe(["s1"]);
        using var broken = await _bed.ApiAsync(HttpMethod.Post, "brokers/default/main/events", new StringContent("x"));
        broken.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Events_are_replayed_to_a_sink_or_a_trigger_and_the_triggers_progress_stays()
    {
        await using var live = await EventSink.StartAsync();
        await using var sink = await EventSink.StartAsync();
        await _bed.PutAsync(EventingObjects.Trigger("t", live.Url.ToString()));
        for (var i = 1; i <= 4; i++) (await _bed.SendAsync($"{i}")).Dispose();
        await live.NextAsync(4);
        var toSink = await ReplayAsync(new { from = "2", to = 3, sink = sink.Url.ToString() });
        toSink[^1].GetProperty("sent").GetInt64().ShouldBe(2);
        (await sink.NextAsync(2)).Select(static e => e.Event.Id).ShouldBe(["2", "3"]);
        var toTrigger = await ReplayAsync(new { subscription = "t", filter = "id = '4'", rate = 1000 });
        toTrigger[^1].GetProperty("sent").GetInt64().ShouldBe(1);
        (await live.NextAsync()).Event.Id.ShouldBe("4");
        (await _bed.UntilAsync("t", static a => a.GetProperty("delivered").GetInt64() == 4)).GetProperty("difference").GetInt64().ShouldBe(0);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("nonsense")]
    [InlineData("""{"sink":"nowhere"}""")]
    [InlineData("""{"sink":"http://x/","subscription":"t"}""")]
    [InlineData("""{"sink":"http://x/","rate":-1}""")]
    public async Task A_replay_that_cannot_be_done_is_refused_before_anything_is_sent(string body)
    {
        using var response = await _bed.ApiAsync(HttpMethod.Post, "brokers/default/main/replay", new StringContent(body));
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Dead_letters_are_listed_shown_redriven_and_removed()
    {
        var works = false;
        await using var sink = await EventSink.StartAsync(async (_, context) =>
        {
            if (works) return;
            context.Response.StatusCode = 422;
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, "no");
        });
        await _bed.PutAsync(EventingObjects.Trigger("t", sink.Url.ToString()));
        for (var i = 1; i <= 3; i++) (await _bed.SendAsync($"{i}")).Dispose();
        await _bed.UntilAsync("t", static a => a.GetProperty("stored").GetInt64() == 3);
        var letters = await LettersAsync();
        letters.Select(static l => l.GetProperty("eventId").GetString()).ShouldBe(["1", "2", "3"], ignoreOrder: true);
        var (first, second) = (letters[0].GetProperty("id").GetString(), letters[1].GetProperty("id").GetString());
        var shown = await _bed.AskAsync($"deadletters/{first}");
        shown.GetProperty("status").GetInt32().ShouldBe(422);
        shown.GetProperty("attempts").GetInt32().ShouldBe(1);
        Encoding.UTF8.GetString(shown.GetProperty("body").GetBytesFromBase64()).ShouldBe("no");
        shown.GetProperty("event").GetProperty("type").GetString().ShouldBe("test.thing");

        using (var failed = await _bed.ApiAsync(HttpMethod.Post, $"deadletters/{first}/redrive"))
            (await failed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("delivered").GetBoolean().ShouldBeFalse();
        (await LettersAsync()).Count.ShouldBe(3);
        using (var removed = await _bed.ApiAsync(HttpMethod.Delete, $"deadletters/{second}")) removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        works = true;
        using (var all = await _bed.ApiAsync(HttpMethod.Post, "deadletters/default/t/redrive"))
            (await all.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
        (await LettersAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_dead_letters_reply_goes_on_and_one_that_is_refused_leaves_it_in_the_list()
    {
        var (works, takesReplies) = (false, false);
        await using var subscriber = await EventSink.StartAsync(async (came, context) =>
        {
            context.Response.StatusCode = works ? 200 : 422;
            if (!works) return;
            foreach (var (name, value) in new[] { ("specversion", "1.0"), ("id", "reply"), ("source", "/subscriber"), ("type", "replied") })
                context.Response.Headers[$"ce-{name}"] = value;
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, came.Headers["prefer"]);
        });
        await using var next = await EventSink.StartAsync((_, context) =>
        {
            context.Response.StatusCode = takesReplies ? 202 : 422;
            return Task.CompletedTask;
        });
        await _bed.PutAsync(EventingObjects.Channel(
            "c", new Kip.Resources.Duck.SubscriberSpec { Name = "s", Uid = "uid-s", SubscriberUri = subscriber.Url.ToString(), ReplyUri = next.Url.ToString() }));
        (await _bed.SendToChannelAsync("lost", "c")).Dispose();
        await _bed.UntilAsync("s", static a => a.GetProperty("stored").GetInt64() == 1);

        works = true;
        (await RedriveAsync("s")).GetProperty("status").GetInt32().ShouldBe(422);
        (await LettersAsync("s")).Count.ShouldBe(1);
        takesReplies = true;
        (await RedriveAsync("s")).GetProperty("delivered").GetBoolean().ShouldBeTrue();
        (await LettersAsync("s")).ShouldBeEmpty();
        (await next.NextAsync(2)).ShouldAllBe(static e => e.Event.Type == "replied");
    }

    [Fact]
    public async Task A_dead_letter_that_is_answered_with_what_is_no_event_stays_in_the_list()
    {
        var works = false;
        await using var subscriber = await EventSink.StartAsync(async (_, context) =>
        {
            context.Response.StatusCode = works ? 200 : 422;
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, "no event");
        });
        await _bed.PutAsync(EventingObjects.Trigger("t", subscriber.Url.ToString()));
        (await _bed.SendAsync("1")).Dispose();
        await _bed.UntilAsync("t", static a => a.GetProperty("stored").GetInt64() == 1);

        works = true;
        (await RedriveAsync("t")).GetProperty("status").GetInt32().ShouldBe(502);
        (await LettersAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Dead_letters_whose_trigger_is_gone_are_not_redriven_and_stay()
    {
        await using var sink = await EventSink.AnsweringAsync(static _ => 422);
        var trigger = EventingObjects.Trigger("t", sink.Url.ToString());
        await _bed.PutAsync(trigger);
        (await _bed.SendAsync("1")).Dispose();
        await _bed.UntilAsync("t", static a => a.GetProperty("stored").GetInt64() == 1);
        await _bed.RemoveAsync(trigger);
        using var refused = await _bed.ApiAsync(HttpMethod.Post, "deadletters/default/t/redrive");
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await refused.Content.ReadAsStringAsync()).ShouldStartWith("default/t is not there any more");
        (await LettersAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_way_of_an_event_is_told_step_by_step()
    {
        await using var sink = await EventSink.AnsweringAsync(static attempt => attempt == 1 ? 503 : 200);
        await _bed.PutAsync(EventingObjects.Trigger("t", sink.Url.ToString(), delivery: EventingObjects.Delivery(3)));
        (await _bed.SendAsync("traced")).Dispose();
        await _bed.UntilAsync("t", static a => a.GetProperty("delivered").GetInt64() == 1);
        var trace = await _bed.AskAsync("trace/traced");
        trace.GetProperty("complete").GetBoolean().ShouldBeTrue();
        var steps = trace.GetProperty("steps").EnumerateArray().ToList();
        steps.Select(static s => s.GetProperty("step").GetString()).ShouldBe(["received", "matched", "attempt", "attempt"]);
        steps.Skip(2).Select(static s => s.GetProperty("status").GetInt32()).ShouldBe([503, 200]);
        steps[^1].GetProperty("attempt").GetInt32().ShouldBe(2);
    }

    private async Task<List<JsonElement>> LettersAsync(string subscription = "t") =>
        [.. (await _bed.AskAsync($"deadletters/default/{subscription}")).GetProperty("deadLetters").EnumerateArray()];

    private async Task<JsonElement> RedriveAsync(string subscription)
    {
        using var response = await _bed.ApiAsync(HttpMethod.Post, $"deadletters/default/{subscription}/redrive");
        return Lines(await response.Content.ReadAsStringAsync()).Single();
    }

    private async Task<List<JsonElement>> ReplayAsync(object order)
    {
        using var content = new StringContent(JsonSerializer.Serialize(order));
        using var response = await _bed.ApiAsync(HttpMethod.Post, "brokers/default/main/replay", content);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return Lines(await response.Content.ReadAsStringAsync());
    }

    private async Task<List<string?>> IdsAsync(string path) =>
        [.. (await LinesAsync(path)).Select(static l => l.GetProperty("event").GetProperty("id").GetString())];

    private async Task<List<JsonElement>> LinesAsync(string path)
    {
        using var response = await _bed.ApiAsync(HttpMethod.Get, path);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return Lines(await response.Content.ReadAsStringAsync());
    }

    private static List<JsonElement> Lines(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement)];
}
