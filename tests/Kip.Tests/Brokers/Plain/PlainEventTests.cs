using System.Buffers;
using System.Text;
using Kip.Brokers.Http.Plain;
using Kip.Brokers.Records;
using Kip.Brokers.Topics;
using Kip.CloudEvents;
using Kip.CloudEvents.Http;
using Shouldly;

namespace Kip.Tests.Brokers.Plain;

public sealed class PlainEventTests
{
    private const string Required = "Host: 127.0.0.1:9000\r\nContent-Length: 4\r\nce-specversion: 1.0\r\nce-id: 1\r\nce-source: /s\r\nce-type: t\r\n";
    private const string Parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 30, 15, 120, TimeSpan.Zero);

    private readonly PlainEvent _plain = new();

    public static TheoryData<string> Plain =>
    [
        Request(Required),
        Request(Required + "Content-Type: application/json\r\n"),
        Request(Required + "content-type:application/json; charset=utf-8\r\nConnection: Keep-Alive\r\nUser-Agent: curl/8 (x y)\r\nAccept: */*\r\n"),
        Request(Required + "CE-Subject: a/b?c=d;e\r\nCe-Time:   2026-01-31T12:00:00.5+01:00  \r\nCE-REGION: eu\r\nce-priority: 5\r\n"),
        Request(Required + "ce-traceparent: x\r\nce-datacontentencoding: base64\r\nce-schemaurl: u\r\n"),
        Request(Required + "X-Forwarded-For: 10.0.0.1\r\nForwarded: for=10.0.0.1;proto=http\r\nKn-Namespace: other\r\nAuthorization: Bearer x\r\n"),
        Request(Required.Replace("127.0.0.1:9000", "broker-ingress.knative-eventing.svc.cluster.local")),
        Request(Required.Replace("127.0.0.1:9000", "pipe-kn-channel.default.svc.cluster.local"), path: "/"),
        Request(Required.Replace("127.0.0.1:9000", "imc-dispatcher.knative-eventing.svc.cluster.local"), path: "/default/pipe"),
        Request(Required.Replace("Content-Length: 4", "Content-Length: 0"), body: ""),
    ];

    public static TheoryData<string> NotPlain =>
    [
        Request(Required, method: "GET"),
        Request(Required, method: "OPTIONS"),
        Request(Required, version: "HTTP/1.0"),
        Request(Required, path: "/"),
        Request(Required, path: "/default"),
        Request(Required, path: "/default/main?x=1"),
        Request(Required, path: "/default/ma%69n"),
        Request(Required, path: "/default/../main"),
        Request(Required, path: "http://127.0.0.1/default/main"),
        Request(Required.Replace("127.0.0.1:9000", "broker-filter.knative-eventing.svc.cluster.local"), path: "/triggers/a/b"),
        Request(Required.Replace("Host: 127.0.0.1:9000\r\n", "")),
        Request(Required + "Host: other\r\n"),
        Request(Required.Replace("127.0.0.1:9000", "user@host")),
        Request(Required.Replace("Content-Length: 4\r\n", "")),
        Request(Required + "Content-Length: 4\r\n"),
        Request(Required.Replace("Content-Length: 4", "Content-Length: +4")),
        Request(Required.Replace("Content-Length: 4", "Content-Length: 70000")),
        Request(Required + "Transfer-Encoding: chunked\r\n"),
        Request(Required + "Expect: 100-continue\r\n"),
        Request(Required + "Upgrade: h2c\r\n"),
        Request(Required + "Trailer: x\r\n"),
        Request(Required + "Connection: close\r\n"),
        Request(Required + "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n"),
        Request(Required + "tracestate: a=b\r\n"),
        Request(Required + "baggage: a=b\r\n"),
        Request(Required + "x-request-id: 5\r\n"),
        Request(Required + "Knative-Hello: world\r\n"),
        Request(Required + "X-B3-Sampled: 1\r\n"),
        Request(Required + " folded\r\n"),
        Request(Required + "no colon\r\n"),
        Request(Required + "bad name: x\r\n"),
        Request(Required + "tab:\tx\r\n"),
        Request(Required + "umlaut: \u00e4\r\n"),
        Request(Required + "bare: x\n"),
        Request(Required + "Content-Type: application/cloudevents+json\r\n"),
        Request(Required + "Content-Type: application/cloudevents-batch+json\r\n"),
        Request(Required + "Content-Type: no media type\r\n"),
        Request(Required + "Content-Type:\r\n"),
        Request(Required + "Content-Type: a/b\r\nContent-Type: a/b\r\n"),
        Request(Required.Replace("ce-id: 1\r\n", "")),
        Request(Required.Replace("ce-type: t\r\n", "")),
        Request(Required.Replace("ce-source: /s\r\n", "")),
        Request(Required.Replace("ce-specversion: 1.0\r\n", "")),
        Request(Required.Replace("ce-specversion: 1.0", "ce-specversion: 0.3")),
        Request(Required.Replace("ce-id: 1", "ce-id:")),
        Request(Required + "ce-id: 2\r\n"),
        Request(Required + "CE-shade: a\r\nce-Shade: b\r\n"),
        Request(Required + "ce-shade: a b\r\n"),
        Request(Required + "ce-shade: Euro%20\r\n"),
        Request(Required + "ce-shade: \"quoted\"\r\n"),
        Request(Required + "ce-: x\r\n"),
        Request(Required + "ce-a_b: x\r\n"),
        Request(Required + "ce-data: x\r\n"),
        Request(Required + "ce-dataschema: http://x/\r\n"),
        Request(Required + "ce-datacontenttype: a/b\r\n"),
        Request(Required + "ce-time: yesterday\r\n"),
        Request(Required + "ce-knativebrokerttl: 5\r\n"),
        Request(Required + "ce-knativearrivaltime: 5\r\n"),
        Request(Required + string.Concat(Enumerable.Range(0, 30).Select(static i => $"ce-x{i}: y\r\n"))),
        Request(Required + $"padding: {new string('x', 9000)}\r\n"),
    ];

    [Theory]
    [MemberData(nameof(Plain))]
    public void A_plain_event_has_the_record_that_the_long_way_makes_of_it(string request)
    {
        var input = new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(request));
        _plain.Read(input).ShouldBe(PlainVerdict.Plain);
        _plain.Length.ShouldBe(request.Length);
        foreach (var timeToLive in (int[])[0, 255])
        {
            var stored = _plain.Store(input, timeToLive, Parent, Now);
            var expected = TheLongWay(request, timeToLive, out var sent);
            Attributes(stored.Event).ShouldBe(Attributes(expected.Event), ignoreOrder: true);
            stored.Data.ToArray().ShouldBe(expected.Data.ToArray());
            RecordReader.Headers(stored).ShouldBe(RecordReader.Headers(expected));
            (stored.Head with { Attributes = 0 }).ShouldBe(expected.Head with { Attributes = 0 });
            (_plain.Id, _plain.Source, _plain.Type, stored.Type).ShouldBe((sent.Id, sent.Source, sent.Type, sent.Type));
        }
    }

    [Theory]
    [MemberData(nameof(NotPlain))]
    public void What_is_not_plain_is_left_alone(string request) =>
        _plain.Read(new(Encoding.Latin1.GetBytes(request))).ShouldBe(PlainVerdict.NotPlain);

    [Fact]
    public void However_an_event_is_cut_into_pieces_it_is_the_same()
    {
        var bytes = Encoding.Latin1.GetBytes(Request(Required + "Content-Type: a/b\r\nce-time: 2026-01-31T12:00:00Z\r\n") + "POST /next");
        _plain.Read(new(bytes)).ShouldBe(PlainVerdict.Plain);
        var length = _plain.Length;
        var whole = _plain.Store(new(bytes), 255, Parent, Now).Record;
        for (var cut = 1; cut < bytes.Length; cut++)
        {
            var input = Pieces(bytes[..cut], bytes[cut..]);
            _plain.Read(input).ShouldBe(PlainVerdict.Plain);
            _plain.Length.ShouldBe(length);
            _plain.Store(input, 255, Parent, Now).Record.ShouldBe(whole);
            new PlainEvent().Read(new(bytes, 0, cut)).ShouldBe(cut < length ? PlainVerdict.Incomplete : PlainVerdict.Plain);
        }
    }

    [Fact]
    public void Another_path_or_host_on_the_same_connection_is_another_topic()
    {
        var channel = Required.Replace("127.0.0.1:9000", "pipe-kn-channel.default.svc.cluster.local");
        foreach (var (request, topic) in ((string, TopicKey)[])
        [
            (Request(Required), new(TopicKind.Broker, new("default", "main"))),
            (Request(Required, path: "/default/other"), new(TopicKind.Broker, new("default", "other"))),
            (Request(channel, path: "/"), new(TopicKind.Channel, new("default", "pipe"))),
            (Request(channel.Replace("pipe", "other"), path: "/"), new(TopicKind.Channel, new("default", "other"))),
            (Request(Required), new(TopicKind.Broker, new("default", "main"))),
        ])
        {
            _plain.Read(new(Encoding.Latin1.GetBytes(request))).ShouldBe(PlainVerdict.Plain);
            _plain.Topic.ShouldBe(topic);
        }
    }

    private static string Request(
        string headers, string method = "POST", string path = "/default/main", string version = "HTTP/1.1", string body = "{\"\xe4}") =>
        $"{method} {path} {version}\r\n{headers}\r\n{body}";

    private static StoredEvent TheLongWay(string request, int timeToLive, out CloudEvent sent)
    {
        var reader = new CloudEventHttpReader(CloudEventStrictness.Upstream);
        var end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var (head, body) = (request[..end], request[(end + 4)..]);
        foreach (var line in head.Split("\r\n").Skip(1)) reader.Header(line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..].Trim());
        reader.TryRead(Encoding.Latin1.GetBytes(body), out var read, out var error).ShouldBeTrue(error?.ToString());
        sent = read!;
        return new RecordWriter().Write(sent, [new("traceparent", Parent)], structured: false, timeToLive, Now);
    }

    private static List<string> Attributes(CloudEvent read)
    {
        var all = new List<string>();
        foreach (var (name, value) in read.Attributes) all.Add($"{name} {value.Type} {value}");
        return all;
    }

    private static ReadOnlySequence<byte> Pieces(byte[] first, byte[] second)
    {
        var begin = new Piece(first, null);
        var end = new Piece(second, begin);
        return new(begin, 0, end, second.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] bytes, Piece? before)
        {
            Memory = bytes;
            if (before is null) return;
            RunningIndex = before.Memory.Length;
            before.Next = this;
        }
    }
}
