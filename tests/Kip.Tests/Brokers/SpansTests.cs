using System.Collections.Concurrent;
using System.Diagnostics;
using Kip.Resources;
using Kip.Testing.Eventing;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Kip.Tests.Brokers;

[Collection(AloneCollection.Name)]
public sealed class SpansTests
{
    private static readonly ActivityTraceId Trace = ActivityTraceId.CreateRandom();
    private const string Client = "b7ad6b7169203331";

    [Fact]
    public async Task An_events_way_is_one_trace_from_the_sender_over_each_attempt_and_reply_to_the_last_subscriber()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Kip.Broker",
            // Other tests send events at the same time.
            Sample = static (ref options) => options.TraceId == Trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var bed = await BrokerBed.StartAsync();
        await using var first = await EventSink.StartAsync(AnswerAsync);
        await using var second = await EventSink.StartAsync();
        await bed.PutAsync(
            EventingObjects.Broker(),
            EventingObjects.Trigger("first", first.Url.ToString(), delivery: EventingObjects.Delivery(1), attributes: StringMap.Of(("type", "test.thing"))),
            EventingObjects.Trigger("second", second.Url.ToString(), attributes: StringMap.Of(("type", "test.reply"))));

        (await bed.SendAsync("1", headers: [("traceparent", $"00-{Trace}-{Client}-01"), ("tracestate", "a=b")])).Dispose();
        var last = await second.NextAsync();
        await bed.UntilAsync("second", static a => a.GetProperty("delivered").GetInt64() == 1);
        await bed.UntilAsync("first", static a => a.GetProperty("delivered").GetInt64() == 1);

        var all = spans.OrderBy(static s => s.StartTimeUtc).ToList();
        all.Select(static s => $"{s.OperationName} {s.GetTagItem("kip.delivery.stage")} {s.GetTagItem("http.response.status_code")}".Replace("  ", " "))
            .ShouldBe(
        [
            "broker:main.default 202", "trigger:first.default subscriber 503", "trigger:first.default subscriber 200", "trigger:first.default reply 202",
            "broker:main.default 202", "trigger:second.default subscriber 202",
        ]);
        var (received, failed, answered, reply, again, delivered) = (all[0], all[1], all[2], all[3], all[4], all[5]);
        received.ParentSpanId.ToString().ShouldBe(Client);
        (failed.ParentSpanId, answered.ParentSpanId).ShouldBe((received.SpanId, received.SpanId));
        (failed.Status, answered.Status).ShouldBe((ActivityStatusCode.Error, ActivityStatusCode.Unset));
        (failed.GetTagItem("kip.delivery.attempt"), answered.GetTagItem("kip.delivery.attempt")).ShouldBe((1, 2));
        reply.ParentSpanId.ShouldBe(answered.SpanId);
        again.ParentSpanId.ShouldBe(reply.SpanId);
        delivered.ParentSpanId.ShouldBe(again.SpanId);
        last.Headers["traceparent"].ShouldBe($"00-{Trace}-{delivered.SpanId}-01", "the subscriber goes on from its attempt");
        last.Headers["tracestate"].ShouldBe("a=b");
        received.GetTagItem("cloudevents.id").ShouldBe("1");
        received.GetTagItem("kn.broker.name").ShouldBe("main");
        delivered.GetTagItem("url.full").ShouldBe(second.Url.ToString());
    }

    [Fact]
    public async Task An_event_without_a_trace_begins_one()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Kip.Broker",
            // As exporters decide: what has a parent is as its parent is.
            Sample = static (ref options) =>
                options.Name.Contains("rooted", StringComparison.Ordinal) && (options.Parent == default || options.Parent.TraceFlags != 0)
                ? ActivitySamplingResult.AllDataAndRecorded
                : ActivitySamplingResult.None,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var bed = await BrokerBed.StartAsync();
        await using var sink = await EventSink.StartAsync();
        await bed.PutAsync(EventingObjects.Broker("rooted"), EventingObjects.Trigger("rooted", sink.Url.ToString(), "rooted"));

        (await bed.SendAsync("1", broker: "rooted")).Dispose();
        await bed.UntilAsync("rooted", static a => a.GetProperty("delivered").GetInt64() == 1);

        var (received, attempt) = (
            spans.Single(static s => s.OperationName == "broker:rooted.default"),
            spans.Single(static s => s.OperationName == "trigger:rooted.default"));
        attempt.ParentSpanId.ShouldBe(received.SpanId);
    }

    private static async Task AnswerAsync(ReceivedEvent received, HttpContext context)
    {
        context.Response.StatusCode = received.Attempt == 1 ? 503 : 200;
        if (received.Attempt == 1) return;
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[(
            "ce-specversion", "1.0"), ("ce-id", "reply"), ("ce-source", "/first"), ("ce-type", "test.reply")])
            context.Response.Headers[name] = value;
        await context.Response.CompleteAsync();
    }
}
