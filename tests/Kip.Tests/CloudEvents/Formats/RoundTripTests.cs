using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Kip.CloudEvents;
using Kip.CloudEvents.Formats;
using Shouldly;

namespace Kip.Tests.CloudEvents.Formats;

/// <summary>An event says the same after any chain of modes and formats.</summary>
public class RoundTripTests
{
    private static readonly Func<CloudEvent, CloudEvent>[] Hops =
    [
        cloudEvent => Message.Binary(cloudEvent).Read(),
        cloudEvent => Through(EventFormat.Json, cloudEvent),
        cloudEvent => Through(EventFormat.Protobuf, cloudEvent),
        cloudEvent => Through(EventFormat.Avro, cloudEvent),
        cloudEvent => ThroughBatch(EventFormat.Json, cloudEvent),
        cloudEvent => ThroughBatch(EventFormat.Protobuf, cloudEvent),
    ];

    [Fact]
    public void Every_attribute_and_every_byte_survives_any_three_hops() =>
        Prop.ForAll(AnyEvent.Arbitrary, Gen.Choose(0, Hops.Length - 1).ArrayOf(3).ToArbitrary(), (cloudEvent, hops) =>
        {
            var arrived = hops.Aggregate(cloudEvent, (current, hop) => Hops[hop](current));
            Samples.Describe(arrived, types: false).ShouldBe(Samples.Describe(cloudEvent, types: false), string.Join(',', hops));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(600).WithEndSize(15));

    [Fact]
    public void Protobuf_keeps_every_type_and_Avro_and_JSON_keep_booleans_and_integers() =>
        Prop.ForAll(AnyEvent.Arbitrary, cloudEvent =>
        {
            Samples.Describe(Through(EventFormat.Protobuf, cloudEvent)).ShouldBe(Samples.Describe(cloudEvent));
            foreach (var format in new[] { EventFormat.Json, EventFormat.Avro })
            {
                var arrived = Through(format, cloudEvent);
                foreach (var (name, value) in cloudEvent.Extensions)
                {
                    arrived.TryGetExtension(name, out var found).ShouldBeTrue();
                    if (value.Type is CloudEventType.Boolean or CloudEventType.Integer) found.ShouldBe(value);
                    else found.ToString().ShouldBe(value.ToString());
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(15));

    private static CloudEvent Through(EventFormat format, CloudEvent cloudEvent)
    {
        var body = new ArrayBufferWriter<byte>();
        format.Write(cloudEvent, body);
        format.TryRead(body.WrittenMemory, CloudEventStrictness.Specification, out var read, out var error).ShouldBeTrue(error?.ToString());
        return read!;
    }

    private static CloudEvent ThroughBatch(EventFormat format, CloudEvent cloudEvent)
    {
        var body = new ArrayBufferWriter<byte>();
        format.WriteBatch([cloudEvent, cloudEvent], body);
        format.TryReadBatch(body.WrittenMemory, CloudEventStrictness.Specification, out var read, out var error).ShouldBeTrue(error?.ToString());
        return read![1];
    }
}
