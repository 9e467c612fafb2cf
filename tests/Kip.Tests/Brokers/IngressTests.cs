using System.Net;
using System.Text;
using Kip.CloudEvents.Http;
using Kip.Resources.Duck;
using Kip.Testing.Eventing;
using Shouldly;

namespace Kip.Tests.Brokers;

public sealed class IngressTests : IAsyncLifetime
{
    private BrokerBed _bed = null!;
    private EventSink _sink = null!;

    public async ValueTask InitializeAsync()
    {
        _bed = await BrokerBed.StartAsync();
        _sink = await EventSink.StartAsync();
        await _bed.PutAsync(EventingObjects.Broker(), EventingObjects.Trigger("all", $"{_sink.Url}hook?x=1"));
    }

    public async ValueTask DisposeAsync()
    {
        await _bed.DisposeAsync();
        await _sink.DisposeAsync();
    }

    [Fact]
    public async Task An_event_is_accepted_with_202_and_delivered_as_it_came()
    {
        using var response = await _bed.SendAsync(
            "1", body: """{"n":1}""",
            headers: [("ce-subject", "a b"), ("ce-shade", "Euro%20%E2%82%AC"), ("knative-hello", "world"), ("authorization", "secret")]);
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        response.Content.Headers.Allow.ShouldBe(["POST", "OPTIONS"]);
        var received = await _sink.NextAsync();
        received.Mode.ShouldBe(ContentMode.Binary);
        received.Path.ShouldBe("/hook");
        received.Event.Id.ShouldBe("1");
        received.Event.Subject.ShouldBe("a b");
        received.Extension("shade").ShouldBe("Euro €");
        Encoding.UTF8.GetString(received.Event.Data.Span).ShouldBe("""{"n":1}""");
        received.Event.DataContentType.ShouldBe("application/json");
        received.Headers["prefer"].ShouldBe("reply");
        received.Headers["kn-namespace"].ShouldBe("default");
        received.Headers["knative-hello"].ShouldBe("world");
        received.Headers.ContainsKey("authorization").ShouldBeFalse();
        received.Extension("knativebrokerttl").ShouldBeNull();
        DateTimeOffset.Parse(received.Extension("knativearrivaltime")!).ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task A_trace_goes_along_where_nobody_listens_and_is_begun_where_there_is_none()
    {
        (await _bed.SendAsync("1", headers: [("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), ("tracestate", "a=b")])).Dispose();
        var first = (await _sink.NextAsync()).Headers;
        first["traceparent"].ShouldBe("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        first["tracestate"].ShouldBe("a=b");
        (await _bed.SendAsync("2", headers: [("traceparent", "nonsense")])).Dispose();
        (await _sink.NextAsync()).Headers["traceparent"].ShouldMatch("^00-[0-9a-f]{32}-[0-9a-f]{16}-00$");
    }

    [Fact]
    public async Task A_structured_event_stays_structured()
    {
        var content = new StringContent("""{"specversion":"1.0","id":"s1","source":"/s","type":"t","n":5,"data":{"a":[1,2]}}""");
        content.Headers.ContentType = new("application/cloudevents+json");
        using var response = await _bed.SendAsync(HttpMethod.Post, "/default/main", content: content);
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var received = await _sink.NextAsync();
        received.Mode.ShouldBe(ContentMode.Structured);
        received.Event.TryGetExtension("n", out var number).ShouldBeTrue();
        number.Type.ShouldBe(Kip.CloudEvents.CloudEventType.Integer);
        Encoding.UTF8.GetString(received.Event.Data.Span).ShouldBe("""{"a":[1,2]}""");
    }

    [Fact]
    public async Task A_batch_is_taken_in_as_a_whole_or_not_at_all()
    {
        var good = """{"specversion":"1.0","id":"b1","source":"/s","type":"t"},{"specversion":"1.0","id":"b2","source":"/s","type":"t"}""";
        using (var accepted = await _bed.SendAsync(
            HttpMethod.Post, "/default/main", content: Batch($"[{good}]"))) accepted.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await _sink.NextAsync(2)).Select(static e => e.Event.Id).ShouldBe(["b1", "b2"], ignoreOrder: true);
        using var refused = await _bed.SendAsync(
            HttpMethod.Post, "/default/main",
            content: Batch($$"""[{"specversion":"1.0","id":"b3","source":"/s","type":"t"},{"specversion":"1.0","id":"","source":"/s","type":"t"}]"""));
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadAsStringAsync()).ShouldStartWith("event 1 of the batch: ");
        (await _bed.SendAsync("last")).Dispose();
        (await _sink.NextAsync()).Event.Id.ShouldBe("last");
    }

    [Theory]
    [InlineData("GET", "/default/main", 405)]
    [InlineData("PUT", "/default/main", 405)]
    [InlineData("POST", "/", 404)]
    [InlineData("POST", "/default", 400)]
    [InlineData("POST", "/default/main/more", 400)]
    [InlineData("POST", "/default/other", 404)]
    [InlineData("POST", "/default/main/", 202)]
    public async Task Methods_and_paths_are_answered_as_Knative_does(string method, string path, int status)
    {
        using var response = await _bed.SendAsync(
            new(method), path, content: method == "GET" ? null : new StringContent("x"),
            headers: [("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/s"), ("ce-type", "t")]);
        ((int)response.StatusCode).ShouldBe(status);
    }

    [Theory]
    [InlineData("ce-id", "")]
    [InlineData("ce-type", " ")]
    [InlineData("ce-specversion", "19.0")]
    [InlineData("ce-time", "yesterday")]
    [InlineData("ce-shade", "%FF%FE")]
    [InlineData("content-type", "no media type")]
    public async Task A_broken_event_is_answered_400_with_the_reason(string header, string value)
    {
        var headers = new Dictionary<string, string> { ["ce-specversion"] = "1.0", ["ce-id"] = "1", ["ce-source"] = "/s", ["ce-type"] = "t", [header] = value };
        var content = new ByteArrayContent([]);
        if (headers.Remove("content-type", out var type)) content.Headers.TryAddWithoutValidation("content-type", type);
        using var response = await _bed.SendAsync(
            HttpMethod.Post, "/default/main", content: content, headers: [.. headers.Select(static h => (h.Key, h.Value))]);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync()).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task An_event_over_the_limit_is_answered_413()
    {
        using var response = await _bed.SendAsync("big", body: new string('x', 5 << 20), headers: ("Expect", "100-continue"));
        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task OPTIONS_grants_everybody()
    {
        using var response = await _bed.SendAsync(HttpMethod.Options, "/default/main", headers: [("WebHook-Request-Origin", "example.com")]);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.GetValues("WebHook-Allowed-Origin").ShouldBe(["*"]);
        response.Headers.GetValues("WebHook-Allowed-Rate").ShouldBe(["*"]);
    }

    [Fact]
    public async Task A_used_up_time_to_live_is_answered_400()
    {
        (await _bed.SendAsync("a", headers: [("ce-knativebrokerttl", "1")])).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await _bed.SendAsync("b", headers: [("ce-knativebrokerttl", "2")])).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await _sink.NextAsync()).Event.Id.ShouldBe("b");
    }

    [Fact]
    public async Task A_channel_is_found_by_its_host_and_by_its_path()
    {
        var sink = await EventSink.StartAsync();
        await _bed.PutAsync(EventingObjects.Channel("pipe", new SubscriberSpec { Uid = "sub-1", SubscriberUri = sink.Url.ToString() }));
        (await _bed.SendToChannelAsync("1", "pipe")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await sink.NextAsync()).Event.Id.ShouldBe("1");
        const string dispatcher = "imc-dispatcher.knative-eventing.svc.cluster.local";
        var headers = new[] { ("ce-specversion", "1.0"), ("ce-id", "2"), ("ce-source", "/s"), ("ce-type", "t") };
        (await _bed.SendAsync(HttpMethod.Post, "/default/pipe", dispatcher, null, headers)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var second = await sink.NextAsync();
        second.Event.Id.ShouldBe("2");
        second.Extension("knativearrivaltime").ShouldBeNull();
        (await _bed.SendAsync(HttpMethod.Post, "/default", dispatcher, null, headers)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        // A name that is too long for a host has a hash in it there.
        var longName = new string('l', 60);
        await _bed.PutAsync(EventingObjects.Channel(longName));
        var inHost = Kip.Rules.Names.ChildName.Of(longName, "-kn-channel")[..^"-kn-channel".Length];
        (await _bed.SendToChannelAsync("4", inHost)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await _bed.SendToChannelAsync("3", "nowhere")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await sink.DisposeAsync();
    }

    private static StringContent Batch(string json)
    {
        var content = new StringContent(json);
        content.Headers.ContentType = new("application/cloudevents-batch+json");
        return content;
    }
}
