using System.Net;
using System.Text.Json;
using Kip.Resources;
using Kip.Testing.Eventing;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Kip.Tests.Brokers;

/// <summary>What Knative's broker filter answers, as its channels ask it.</summary>
public sealed class FilterEndpointTests : IAsyncLifetime
{
    private const string Host = "broker-filter.knative-eventing.svc.cluster.local";
    private const string Path = "/triggers/default/t/uid-t";

    private BrokerBed _bed = null!;
    private EventSink _sink = null!;

    public async ValueTask InitializeAsync()
    {
        _bed = await BrokerBed.StartAsync();
        _sink = await EventSink.StartAsync(AnswerAsync);
        await _bed.PutAsync(
            EventingObjects.Broker(), EventingObjects.Trigger("t", _sink.Url.ToString(), attributes: StringMap.Of(("source", "/test"))),
            EventingObjects.Trigger("unresolved", null));
    }

    public async ValueTask DisposeAsync()
    {
        await _bed.DisposeAsync();
        await _sink.DisposeAsync();
    }

    [Theory]
    [InlineData("/triggers/default/t", 400)]
    [InlineData("/triggers/default/t/uid-t/reply", 400)]
    [InlineData("/triggers/default/other/uid-t", 404)]
    [InlineData("/triggers/default/t/another", 400)]
    [InlineData("/triggers/default/unresolved/uid-unresolved", 404)]
    public async Task A_trigger_that_is_not_there_is_told(string path, int status) => ((int)(await OfferAsync("1", path: path)).StatusCode).ShouldBe(status);

    [Fact]
    public async Task What_is_no_event_of_a_broker_is_refused()
    {
        var get = await _bed.SendAsync(HttpMethod.Get, Path, Host);
        (get.StatusCode, get.Content.Headers.Allow.Single()).ShouldBe((HttpStatusCode.MethodNotAllowed, "POST"));
        (await _bed.SendAsync(HttpMethod.Post, Path, Host, new StringContent("x"))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await OfferAsync("1", timeToLive: null)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await OfferAsync("1", timeToLive: "many")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        _sink.IsQuiet.ShouldBeTrue();
    }

    [Fact]
    public async Task What_does_not_pass_the_filter_is_done()
    {
        using var answer = await OfferAsync("1", source: "/elsewhere");
        (answer.StatusCode, await answer.Content.ReadAsStringAsync()).ShouldBe((HttpStatusCode.OK, ""));
        _sink.IsQuiet.ShouldBeTrue();
    }

    [Fact]
    public async Task The_subscribers_reply_is_the_answer_with_the_time_to_live_of_what_it_answers()
    {
        using var answer = await OfferAsync("reply");

        ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()).ShouldBe((201, "data"));
        Header(answer, "ce-id").ShouldBe("answer");
        Header(answer, "ce-knativebrokerttl").ShouldBe("7");
        Header(answer, "knative-mine").ShouldBe("x");
        var received = await _sink.NextAsync();
        received.Extension("knativebrokerttl").ShouldBeNull("subscribers never see it");
        (received.Headers["prefer"], received.Headers["kn-namespace"], received.Headers["knative-hello"]).ShouldBe(("reply", "default", "world"));
    }

    [Theory]
    [InlineData("empty", 204)]
    [InlineData("foreign", 502)]
    [InlineData("broken", 502)]
    public async Task An_answer_without_an_event_is_its_status(string id, int status)
    {
        using var answer = await OfferAsync(id);
        ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()).ShouldBe((status, ""));
    }

    [Fact]
    public async Task A_failure_says_where_and_what_and_is_not_tried_again()
    {
        using var answer = await OfferAsync("fail");
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(3));
        var told = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        told.GetProperty("errdestination").GetString().ShouldBe(_sink.Url.ToString());
        told.GetProperty("errresponsebody").GetBytesFromBase64().ShouldBe("not now"u8.ToArray());
        _sink.AttemptsOf("fail").ShouldBe(1);

        await _bed.PutAsync(EventingObjects.Trigger("t", "http://127.0.0.1:1/"));
        (await OfferAsync("1")).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
    }

    private static Task AnswerAsync(ReceivedEvent received, HttpContext context)
    {
        var response = context.Response;
        switch (received.Event.Id)
        {
            case "reply":
                response.StatusCode = 201;
                foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[(
                    "ce-specversion", "1.0"), ("ce-id", "answer"), ("ce-source", "/s"), ("ce-type", "t"), ("knative-mine", "x")])
                    response.Headers[name] = value;
                return response.WriteAsync("data");
            case "empty":
                response.StatusCode = 204;
                return Task.CompletedTask;
            case "broken":
                response.StatusCode = 200;
                response.Headers["ce-specversion"] = "1.0";
                return response.WriteAsync("an event without an id");
            case "fail":
                (response.StatusCode, response.Headers.RetryAfter) = (503, "3");
                return response.WriteAsync("not now");
            default:
                response.StatusCode = 200;
                return response.WriteAsync("thanks");
        }
    }

    private Task<HttpResponseMessage> OfferAsync(string id, string path = Path, string? timeToLive = "7", string source = "/test")
    {
        List<(string, string)> headers = [(
            "ce-specversion", "1.0"), ("ce-id", id), ("ce-source", source), ("ce-type", "test.thing"), ("knative-hello", "world")];
        if (timeToLive is not null) headers.Add(("ce-knativebrokerttl", timeToLive));
        return _bed.SendAsync(HttpMethod.Post, path, Host, new StringContent("{}"), [.. headers]);
    }

    private static string Header(HttpResponseMessage answer, string name) => answer.Headers.GetValues(name).Single();
}
