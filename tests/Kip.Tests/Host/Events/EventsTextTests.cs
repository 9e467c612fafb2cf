using System.Text.Json;
using Kip.CloudEvents;
using Kip.Host.CommandLine;
using Kip.Host.Commands.Events;
using Kip.Host.Events;
using Kip.Resources;
using Shouldly;

namespace Kip.Tests.Host.Events;

/// <summary>What is typed for events, and how they are shown.</summary>
public class EventsTextTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("orders", "brokers/default/orders")]
    [InlineData("broker/orders", "brokers/default/orders")]
    [InlineData("Channel/audit", "channels/default/audit")]
    [InlineData("imc/audit", "channels/default/audit")]
    public void A_topic_is_a_broker_unless_it_says_otherwise(string word, string path) => TopicName.Parse(word, "default").Path.ShouldBe(path);

    [Theory]
    [InlineData("queue/x", "neither broker nor channel")]
    [InlineData("channel/", "names no Broker")]
    [InlineData("channel/a/b", "names no Broker")]
    public void What_is_no_topic_is_said(string word, string message) =>
        Should.Throw<CommandFailure>(() => TopicName.Parse(word, "default")).Message.ShouldContain(message);

    [Theory]
    [InlineData(null, null)]
    [InlineData("42", "42")]
    [InlineData("10m", "2026-01-31T11:50:00.0000000Z")]
    [InlineData("1.5h", "2026-01-31T10:30:00.0000000Z")]
    [InlineData("2d", "2026-01-29T12:00:00.0000000Z")]
    [InlineData("2026-01-31T12:00:00+02:00", "2026-01-31T10:00:00.0000000Z")]
    public void A_point_is_an_offset_a_time_or_how_long_ago(string? text, string? point) => RangeOptions.Point("--from", text, Now).ShouldBe(point);

    [Theory]
    [InlineData("soon")]
    [InlineData("-5")]
    [InlineData("10x")]
    [InlineData("m")]
    [InlineData("20000000h")]
    [InlineData("99999999999999999999d")]
    public void Any_other_point_is_refused(string text) =>
        Should.Throw<CommandFailure>(() => RangeOptions.Point("--from", text, Now)).Message.ShouldStartWith($"--from {text} is neither");

    [Fact]
    public void A_filter_that_does_not_parse_is_shown_with_the_place() =>
        Should.Throw<CommandFailure>(() => RangeOptions.Checked("type = ")).Message.ShouldEndWith("\n  type = \n         ^");

    [Theory]
    [InlineData("{\"a\":1}", "application/json")]
    [InlineData("hello", "text/plain; charset=utf-8")]
    public void The_content_type_is_taken_from_the_data(string data, string contentType) =>
        Template(System.Text.Encoding.UTF8.GetBytes(data)).DataContentType.ShouldBe(contentType);

    [Fact]
    public void Bytes_are_bytes_and_no_data_has_no_type()
    {
        Template([0xFF]).DataContentType.ShouldBe("application/octet-stream");
        Template(null).DataContentType.ShouldBeNull();
        Template(null).DataKind.ShouldBe(CloudEventDataKind.None);
    }

    [Fact]
    public void An_event_that_breaks_a_rule_is_not_made()
    {
        var sound = new EventTemplate { Type = "t", Source = "/s" };
        Fails(sound with { Type = null }).ShouldContain("--type");
        Fails(sound with { Source = "a b" }).ShouldContain("\"source\" is not a URI-reference");
        Fails(sound with { Subject = "" }).ShouldContain("\"subject\" is empty");
        Fails(sound with { Extensions = StringMap.Of(("My-Ext", "x")) }).ShouldContain("\"My-Ext\" cannot be an attribute's name");
        Fails(sound with { Extensions = StringMap.Of(("partitionkey", "")) }).ShouldContain("\"partitionkey\" must not be empty");
        Fails(sound with { Extensions = StringMap.Of(("id", "2")) }).ShouldContain("occurs twice");

        static string Fails(EventTemplate template) => Should.Throw<CommandFailure>(() => template.Make(Now, () => "new")).Message;
    }

    [Theory]
    [InlineData("""{"id":"1","source":"/s","type":"t","specversion":"1.0","subject":"x","n":5}""", "t from /s id=1 subject=x n=5")]
    [InlineData("""{"id":"1","source":"/s","type":"t","data":{"a": 1}}""", "t from /s id=1\n    {\"a\": 1}")]
    [InlineData("""{"id":"1","source":"/s","type":"t","datacontenttype":"image/png","data_base64":"AQIDBA=="}""", "t from /s id=1\n    4 bytes of image/png")]
    public void An_event_is_a_line_and_its_data_another(string json, string shown) =>
        EventLine.Of(new(3, Now, JsonDocument.Parse(json).RootElement)).ShouldBe($"#3 {Now.ToLocalTime():HH:mm:ss.fff} {shown}");

    [Fact]
    public void Long_data_is_cut_and_its_length_said() =>
        EventLine.Of(new(1, Now, JsonDocument.Parse($$"""{"data":"{{new string('x', 500)}}"}""").RootElement)).ShouldEndWith("x… (502 characters)");

    [Fact]
    public void A_trace_tells_each_step_and_when()
    {
        TraceStepShown Step(string step, double after) => new(
            step, Now.AddMilliseconds(after), "brokers", "default", "orders", 12, "7", "/shop", "order", step == "received" ? null : new("default", "billing"),
            null, null, null, null, null, null);
        var trace = new EventTrace(true,
        [
            Step("stored", 20_000) with { Status = 503 },
            Step("stored", 30_000) with { Status = -1 },
            Step("received", 0),
            Step("attempt", 9.4) with { Stage = "subscriber", Attempt = 1, Destination = "http://b", Status = 503, Milliseconds = 9.1 },
            Step("attempt", 12) with { Stage = "subscriber", Attempt = 2, Destination = "http://b", Status = 0, Milliseconds = 1 },
            Step("attempt", 15) with { Stage = "subscriber", Attempt = 3, Destination = "http://b", Status = 200, Milliseconds = 1, ReplyId = "8" },
        ]);
        TraceText.Lines(trace).Select(l => l.Trim()).ShouldBe(
        [
            "+0.0 ms  received by broker default/orders at offset 12: order from /shop",
            "+9.4 ms  default/billing: attempt 1 to http://b (subscriber): 503 in 9.1 ms",
            "+12.0 ms  default/billing: attempt 2 to http://b (subscriber): no answer in 1.0 ms",
            "+15.0 ms  default/billing: attempt 3 to http://b (subscriber): 200 in 1.0 ms, reply 8",
            "+20.0 s  default/billing: kept as dead letter, last status 503; see: kip events dlq list billing",
            "+30.0 s  default/billing: kept as dead letter, no answer at the last attempt; see: kip events dlq list billing",
        ]);
        TraceText.Lines(trace with { Complete = false }).Last().ShouldContain("not remembered");
    }

    private static CloudEvent Template(byte[]? data) => new EventTemplate { Type = "t", Source = "/s", Data = data }.Make(Now, () => "new");
}
