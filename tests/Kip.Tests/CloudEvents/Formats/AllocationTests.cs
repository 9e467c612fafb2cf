using System.Buffers;
using Kip.CloudEvents;
using Kip.CloudEvents.Formats;
using Kip.CloudEvents.Http;
using Shouldly;

namespace Kip.Tests.CloudEvents.Formats;

/// <summary>What an event costs on its way: bytes of memory, counted on this thread.</summary>
public class AllocationTests
{
    private static readonly (string Name, string Value)[] Headers =
    [
        ("Host", "broker-ingress.knative-eventing.svc.cluster.local"), ("Content-Type", "application/json"), ("Content-Length", "1024"),
        ("Ce-Specversion", "1.0"), ("Ce-Id", "42"), ("Ce-Source", "https://example.com/orders"), ("Ce-Type", "com.example.order"),
        ("Ce-Time", "2026-01-31T12:00:00Z"), ("Ce-Knativebrokerttl", "255"), ("Ce-Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    ];

    [Fact]
    public void Reading_binary_mode_makes_the_event_and_its_list_of_extensions_and_nothing_else()
    {
        var reader = new CloudEventHttpReader();
        var body = new byte[1024];
        // The event (136 bytes with its header) and an array of two extensions (16 + 8 + 2 × 32).
        PerCall(Read).ShouldBeLessThanOrEqualTo(240);

        void Read()
        {
            foreach (var (name, value) in Headers) reader.Header(name, value);
            reader.TryRead(body, out _, out _).ShouldBeTrue();
        }
    }

    [Fact]
    public void Writing_binary_mode_makes_nothing()
    {
        var cloudEvent = Sample();
        PerCall(() =>
        {
            var headers = default(Counting);
            CloudEventHttpWriter.WriteBinary(cloudEvent, ref headers);
            if (headers.Count != 8) throw new InvalidOperationException();
        }).ShouldBe(0);
    }

    [Fact]
    public void Writing_a_format_makes_nothing_beyond_the_buffer()
    {
        var cloudEvent = Sample();
        var body = new ArrayBufferWriter<byte>(4096);
        foreach (var format in new[] { EventFormat.Json, EventFormat.Protobuf, EventFormat.Avro })
        {
            PerCall(() =>
            {
                body.ResetWrittenCount();
                format.Write(cloudEvent, body);
            }).ShouldBe(0, format.EventContentType);
        }
    }

    [Fact]
    public void Reading_structured_JSON_does_not_copy_the_data()
    {
        var body = new ArrayBufferWriter<byte>();
        EventFormat.Json.Write(Sample(), body);
        var small = PerCall(() => EventFormat.Json.TryRead(body.WrittenMemory, CloudEventStrictness.Specification, out _, out _));

        var large = new ArrayBufferWriter<byte>();
        EventFormat.Json.Write(Sample(new string('x', 100_000)), large);
        var withMore = PerCall(() => EventFormat.Json.TryRead(large.WrittenMemory, CloudEventStrictness.Specification, out _, out _));

        withMore.ShouldBe(small);
    }

    private static CloudEvent Sample(string text = "x")
    {
        var reader = new CloudEventHttpReader();
        foreach (var (name, value) in Headers) reader.Header(name, value);
        reader.TryRead(System.Text.Encoding.UTF8.GetBytes($"{{\"text\":\"{text}\"}}"), out var read, out _).ShouldBeTrue();
        return read!;
    }

    private static long PerCall(Action call)
    {
        const int Calls = 1_000;
        for (var i = 0; i < 200; i++) call();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Calls; i++) call();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Calls;
    }

    private struct Counting : ICloudEventHeaders
    {
        internal int Count { get; private set; }

        public void Add(string name, string value) => Count += name.Length > 0 && value.Length > 0 ? 1 : 0;
    }
}
