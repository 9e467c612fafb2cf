using System.Buffers;
using Kip.CloudEvents;
using Kip.CloudEvents.Formats;
using Shouldly;

namespace Kip.Tests.CloudEvents.Formats;

/// <summary>Whatever bytes come, a reader answers with an event or an error, and throws nothing.</summary>
public class FuzzTests
{
    private const int Rounds = 8_000;

    public static TheoryData<string> Formats => ["json", "protobuf", "avro"];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Bent_events_are_read_or_refused(string name)
    {
        var format = name switch { "json" => EventFormat.Json, "protobuf" => EventFormat.Protobuf, _ => EventFormat.Avro };
        var random = new Random(20260131);
        var sound = Sound(format);
        var read = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var body = Bend(sound[random.Next(sound.Length)], random);
            try
            {
                if (!format.TryRead(body, (CloudEventStrictness)(round % 2), out var cloudEvent, out var error)) error.Message.ShouldNotBeEmpty();
                else
                {
                    read++;
                    Reuse(cloudEvent);
                }
                format.TryReadBatch(body, CloudEventStrictness.Specification, out _, out _);
            }
            catch (Exception thrown) when (thrown is not ShouldAssertException)
            {
                Assert.Fail($"round {round}: {Convert.ToHexString(body)}: {thrown}");
            }
        }
        // Neither all nor none: the bending is neither too mild nor too rough.
        read.ShouldBeInRange(Rounds / 100, Rounds - (Rounds / 100));
    }

    [Fact]
    public void Bent_headers_are_read_or_refused()
    {
        const string Alphabet = "ce-idsourctyp %\"\\\u20ac\u0000C3A9FF:/#+1.0TZ";
        var random = new Random(20260131);
        for (var round = 0; round < Rounds; round++)
        {
            var message = Samples.Http();
            for (var i = 0; i < 3; i++)
            {
                var name = random.Next(3) == 0 ? Word(12) : "ce-" + (random.Next(2) == 0 ? "time" : Word(6));
                message.Headers[name] = Word(20);
            }
            if (message.Reader((CloudEventStrictness)(round % 2)).TryRead("x"u8.ToArray(), out var cloudEvent, out var error)) Reuse(cloudEvent);
            else error.Message.ShouldNotBeEmpty();
        }

        string Word(int length) => string.Create(random.Next(1, length), random, static (word, random) =>
        {
            for (var i = 0; i < word.Length; i++) word[i] = Alphabet[random.Next(Alphabet.Length)];
        });
    }

    // What was read can be written in every way.
    private static void Reuse(CloudEvent cloudEvent)
    {
        var body = new ArrayBufferWriter<byte>();
        EventFormat.Json.Write(cloudEvent, body);
        EventFormat.Protobuf.Write(cloudEvent, body);
        EventFormat.Avro.Write(cloudEvent, body);
        Message.Binary(cloudEvent);
    }

    private static byte[][] Sound(EventFormat format)
    {
        CloudEvent[] events =
        [
            Samples.Json(
                """ "subject":"s","time":"2018-04-05T17:31:00Z","dataschema":"urn:a","ext":5,"flag":true,"data":{"a":[1,{"b":null}]}""").Read(),
            Samples.Json("\"datacontenttype\":\"text/plain\",\"data\":\"\\u20ac \\\"x\\\"\"").Read(),
            Samples.Json("\"data_base64\":\"AQIDBA==\",\"expirytime\":\"2018-04-05T17:31:00Z\"").Read(),
            Samples.Builder().Set("bytes", CloudEventValue.Binary([1, 2, 3])).Set("at", CloudEventValue.Timestamp(DateTimeOffset.UnixEpoch)).Build(),
        ];
        return
        [
            .. events.Select(e =>
            {
                var body = new ArrayBufferWriter<byte>();
                format.Write(e, body);
                return body.WrittenSpan.ToArray();
            }),
        ];
    }

    // A few bytes changed, moved, repeated or cut off.
    private static byte[] Bend(byte[] sound, Random random)
    {
        var bytes = sound.ToList();
        for (var times = random.Next(1, 4); times > 0 && bytes.Count > 0; times--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 5), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 9), bytes.Count - at)));
                    break;
                default:
                    bytes[at] = bytes[random.Next(bytes.Count)];
                    break;
            }
        }
        return [.. bytes];
    }
}
