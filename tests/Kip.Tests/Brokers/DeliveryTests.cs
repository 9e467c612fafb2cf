using System.Net;
using System.Text;
using Kip.CloudEvents.Http;
using Kip.Resources;
using Kip.Resources.Duck;
using Kip.Testing.Eventing;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Kip.Tests.Brokers;

public sealed class DeliveryTests : IAsyncLifetime
{
    private readonly List<EventSink> _sinks = [];
    private BrokerBed _bed = null!;

    public async ValueTask InitializeAsync() => _bed = await BrokerBed.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _bed.DisposeAsync();
        foreach (var sink in _sinks) await sink.DisposeAsync();
    }

    [Theory]
    [InlineData(0, 0, 1, "delivered")]
    [InlineData(3, 3, 4, "delivered")]
    [InlineData(3, 4, 4, "stored")]
    [InlineData(1, 2, 2, "stored")]
    public async Task An_event_is_tried_once_and_as_often_again_as_was_asked(int retry, int failures, int attempts, string fate)
    {
        var sink = await SinkAsync(attempt => attempt <= failures ? 503 : 200);
        await _bed.PutAsync(EventingObjects.Broker(), EventingObjects.Trigger("t", sink.Url.ToString(), delivery: EventingObjects.Delivery(retry)));
        (await _bed.SendAsync("1")).Dispose();
        await sink.NextAsync(attempts);
        await Ended("t", fate);
        sink.AttemptsOf("1").ShouldBe(attempts);
    }

    [Fact]
    public async Task The_dead_letter_sink_gets_the_original_with_the_reason()
    {
        var sink = await EventSink.StartAsync(async (_, context) =>
        {
            context.Response.StatusCode = 422;
            await context.Response.WriteAsync("no such order");
        });
        var dead = await SinkAsync(static _ => 202);
        _sinks.Add(sink);
        await _bed.PutAsync(
            EventingObjects.Broker(),
            EventingObjects.Trigger("t", sink.Url.ToString(), delivery: EventingObjects.Delivery(3), deadLetterSink: dead.Url.ToString()));
        (await _bed.SendAsync("1", body: "payload")).Dispose();
        var letter = await dead.NextAsync();
        letter.Event.Id.ShouldBe("1");
        Encoding.UTF8.GetString(letter.Event.Data.Span).ShouldBe("payload");
        letter.Extension("knativeerrordest").ShouldBe(sink.Url.ToString());
        letter.Extension("knativeerrorcode").ShouldBe("422");
        letter.Extension("knativeerrordata").ShouldBe(Convert.ToBase64String("no such order"u8));
        letter.Headers.ContainsKey("prefer").ShouldBeFalse();
        letter.Headers["kn-namespace"].ShouldBe("default");
        sink.AttemptsOf("1").ShouldBe(1);
        await Ended("t", "deadLettered");
    }

    [Fact]
    public async Task Without_an_answer_the_code_is_500_and_the_brokers_sink_serves_when_the_trigger_has_none()
    {
        var dead = await SinkAsync(static _ => 202);
        await _bed.PutAsync(
            EventingObjects.Broker(delivery: EventingObjects.Delivery(1), deadLetterSink: dead.Url.ToString()),
            EventingObjects.Trigger("t", "http://127.0.0.1:1/"));
        (await _bed.SendAsync("1")).Dispose();
        var letter = await dead.NextAsync();
        letter.Extension("knativeerrorcode").ShouldBe("500");
        Encoding.UTF8.GetString(Convert.FromBase64String(letter.Extension("knativeerrordata")!)).ShouldStartWith("dispatch error: cannot connect");
    }

    [Fact]
    public async Task A_subscriber_that_never_answers_times_out()
    {
        var never = new TaskCompletionSource();
        var sink = await EventSink.StartAsync((_, context) => Task.WhenAny(never.Task, Task.Delay(Timeout.Infinite, context.RequestAborted)));
        var dead = await SinkAsync(static _ => 202);
        _sinks.Add(sink);
        // The dead letter sink has no more time than that for an answer, but several tries.
        await _bed.PutAsync(
            EventingObjects.Broker(),
            EventingObjects.Trigger("t", sink.Url.ToString(), delivery: EventingObjects.Delivery(1, timeout: "PT2S"), deadLetterSink: dead.Url.ToString()));
        (await _bed.SendAsync("1")).Dispose();
        (await dead.NextAsync()).Extension("knativeerrorcode").ShouldBe("500");
        never.SetResult();
    }

    [Fact]
    public async Task A_reply_comes_in_as_a_new_event_with_a_shorter_life_and_meets_all_triggers()
    {
        var first = await EventSink.StartAsync((_, context) => ReplyAsync(context, "reply", "test.reply", "answer"));
        var second = await SinkAsync(static _ => 202);
        _sinks.Add(first);
        await _bed.PutAsync(
            EventingObjects.Broker(), EventingObjects.Trigger("first", first.Url.ToString(), attributes: StringMap.Of(("type", "test.thing"))),
            EventingObjects.Trigger("second", second.Url.ToString(), attributes: StringMap.Of(("type", "test.reply"))));
        (await _bed.SendAsync("1", headers: [("ce-knativebrokerttl", "9"), ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]))
            .Dispose();
        var received = await second.NextAsync();
        received.Event.Id.ShouldBe("reply");
        Encoding.UTF8.GetString(received.Event.Data.Span).ShouldBe("answer");
        await Ended("first", "delivered");
        var steps = (await _bed.AskAsync("trace/1")).GetProperty("steps").EnumerateArray().Select(static s => s.GetProperty("step").GetString()).ToList();
        steps.ShouldBe(["received", "matched", "attempt", "attempt"]);
    }

    [Fact]
    public async Task Replies_that_go_in_a_circle_end()
    {
        var sink = await EventSink.StartAsync((received, context) => ReplyAsync(context, received.Event.Id, "test.thing", ""));
        _sinks.Add(sink);
        await _bed.PutAsync(EventingObjects.Broker(), EventingObjects.Trigger("loop", sink.Url.ToString()));
        (await _bed.SendAsync("1", headers: [("ce-knativebrokerttl", "5")])).Dispose();
        // 5 → 4 at the ingress, then three replies are taken in (3, 2, 1) and the fourth is refused.
        await sink.NextAsync(4);
        await Ended("loop", "stored");
        sink.AttemptsOf("1").ShouldBe(4);
    }

    [Theory]
    [InlineData(200, "text/plain", "stored")]
    [InlineData(202, "text/plain", "delivered")]
    [InlineData(204, null, "delivered")]
    public async Task An_answer_that_is_no_event_fails_the_delivery_unless_it_is_a_202(int status, string? type, string fate)
    {
        var sink = await EventSink.StartAsync(async (_, context) =>
        {
            context.Response.StatusCode = status;
            if (type is null) return;
            context.Response.ContentType = type;
            await context.Response.WriteAsync("thanks");
        });
        _sinks.Add(sink);
        await _bed.PutAsync(EventingObjects.Broker(), EventingObjects.Trigger("t", sink.Url.ToString()));
        (await _bed.SendAsync("1")).Dispose();
        await Ended("t", fate);
    }

    [Fact]
    public async Task The_format_of_a_trigger_is_the_mode_of_its_requests()
    {
        var json = await SinkAsync(static _ => 202);
        var binary = await SinkAsync(static _ => 202);
        await _bed.PutAsync(
            EventingObjects.Broker(), EventingObjects.Trigger("json", json.Url.ToString(), delivery: new() { Format = "json" }),
            EventingObjects.Trigger("binary", binary.Url.ToString(), delivery: new() { Format = "binary" }));
        (await _bed.SendAsync("1", body: """{"a":1}""")).Dispose();
        var structured = await json.NextAsync();
        structured.Mode.ShouldBe(ContentMode.Structured);
        Encoding.UTF8.GetString(structured.Event.Data.Span).ShouldBe("""{"a":1}""");
        (await binary.NextAsync()).Mode.ShouldBe(ContentMode.Binary);
    }

    [Fact]
    public async Task A_dead_subscriber_holds_up_no_other()
    {
        var sink = await SinkAsync(static _ => 202);
        await _bed.PutAsync(
            EventingObjects.Broker(), EventingObjects.Trigger("dead", "http://127.0.0.1:1/", delivery: EventingObjects.Delivery(1000, delay: "PT10S")),
            EventingObjects.Trigger("unknown", null), EventingObjects.Trigger("alive", sink.Url.ToString()));
        for (var i = 0; i < 200; i++) (await _bed.SendAsync($"{i}")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await sink.NextAsync(200);
        await Ended("alive", "delivered", 200);
        (await _bed.AccountOfAsync("dead")).GetProperty("difference").GetInt64().ShouldBe(0);
        (await _bed.AccountOfAsync("unknown")).GetProperty("unread").GetInt64().ShouldBe(200);
    }

    [Fact]
    public async Task Order_is_kept_where_it_is_asked_for_retries_included()
    {
        var order = new List<string>();
        var sink = await EventSink.StartAsync((received, context) =>
        {
            context.Response.StatusCode = received.Attempt < 1 + int.Parse(received.Event.Id) % 3 ? 500 : 202;
            if (context.Response.StatusCode == 202) lock (order) order.Add(received.Event.Id);
            return Task.CompletedTask;
        });
        _sinks.Add(sink);
        await _bed.PutAsync(EventingObjects.Broker(), EventingObjects.Trigger(
            "t", sink.Url.ToString(), delivery: EventingObjects.Delivery(5, delay: "PT0.001S"), annotations: ("kip.dev/delivery-order", "ordered")));
        for (var i = 0; i < 60; i++) (await _bed.SendAsync($"{i}")).Dispose();
        await Ended("t", "delivered", 60);
        order.ShouldBe(Enumerable.Range(0, 60).Select(static i => $"{i}"));
    }

    [Fact]
    public async Task The_concurrency_asked_for_is_not_exceeded()
    {
        var (now, most) = (0, 0);
        var sink = await EventSink.StartAsync(async (_, _) =>
        {
            var current = Interlocked.Increment(ref now);
            lock (_sinks) most = Math.Max(most, current);
            await Task.Delay(5);
            Interlocked.Decrement(ref now);
        });
        _sinks.Add(sink);
        await _bed.PutAsync(EventingObjects.Broker(), EventingObjects.Trigger("t", sink.Url.ToString(), annotations: ("kip.dev/delivery-concurrency", "3")));
        for (var i = 0; i < 50; i++) (await _bed.SendAsync($"{i}")).Dispose();
        await Ended("t", "delivered", 50);
        most.ShouldBeInRange(1, 3);
    }

    [Fact]
    public async Task A_channel_passes_replies_on_and_ignores_answers_that_are_no_events()
    {
        var first = await EventSink.StartAsync(
            (received, context) => received.Event.Id == "plain" ? PlainAsync(context) : ReplyAsync(context, "reply", "t", "x"));
        var second = await SinkAsync(static _ => 202);
        _sinks.Add(first);
        await _bed.PutAsync(
            EventingObjects.Channel("a", new SubscriberSpec
            {
                Uid = "s1", Name = "s1", SubscriberUri = first.Url.ToString(), ReplyUri = "http://b-kn-channel.default.svc.cluster.local",
            }),
            EventingObjects.Channel("b", new SubscriberSpec { Uid = "s2", Name = "s2", SubscriberUri = second.Url.ToString() }));
        (await _bed.SendToChannelAsync("plain", "a")).Dispose();
        (await _bed.SendToChannelAsync("1", "a")).Dispose();
        (await second.NextAsync()).Event.Id.ShouldBe("reply");
        await Ended("s1", "delivered", 2);
    }

    private async Task<EventSink> SinkAsync(Func<int, int> statusOfAttempt)
    {
        var sink = await EventSink.AnsweringAsync(statusOfAttempt);
        _sinks.Add(sink);
        return sink;
    }

    // All of a subscription's events have ended, as many as said in the way that is said, and none is unaccounted for.
    [Fact]
    public async Task A_Subscription_from_elsewhere_has_the_channels_namespace_told()
    {
        await using var sink = await EventSink.StartAsync();
        await _bed.PutAsync(
            new Kip.Resources.Messaging.Subscription
            {
                Metadata = new() { Name = "s", Namespace = "elsewhere", Uid = "uid-s", CreationTimestamp = EventingObjects.Created },
            },
            EventingObjects.Channel("c", new SubscriberSpec { Name = "s", Uid = "uid-s", SubscriberUri = sink.Url.ToString() }));
        (await _bed.SendToChannelAsync("1", "c")).Dispose();
        (await sink.NextAsync()).Headers["kn-namespace"].ShouldBe(EventingObjects.Space);
    }

    private async Task Ended(string subscription, string fate, int count = 1)
    {
        var account = await _bed.UntilAsync(subscription, account => account.GetProperty(fate).GetInt64() >= count);
        account.GetProperty(fate).GetInt64().ShouldBe(count);
        account.GetProperty("difference").GetInt64().ShouldBe(0);
    }

    private static Task ReplyAsync(HttpContext context, string id, string type, string body)
    {
        context.Response.StatusCode = 200;
        foreach (var (name, value) in new[] { ("ce-specversion", "1.0"), ("ce-id", id), ("ce-source", "/reply"), ("ce-type", type) })
            context.Response.Headers[name] = value;
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync(body);
    }

    private static Task PlainAsync(HttpContext context)
    {
        context.Response.StatusCode = 200;
        return context.Response.WriteAsync("thanks");
    }
}
