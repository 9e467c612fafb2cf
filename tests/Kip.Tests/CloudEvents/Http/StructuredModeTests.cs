using System.Buffers;
using System.Text;
using Kip.CloudEvents;
using Kip.CloudEvents.Formats;
using Kip.CloudEvents.Http;
using Shouldly;

namespace Kip.Tests.CloudEvents.Http;

/// <summary>HTTP binding, sections 3.2 and 3.3.</summary>
public class StructuredModeTests
{
    private const string One = """{"specversion":"1.0","id":"1","source":"/s","type":"t"}""";

    [Theory]
    [InlineData("application/cloudevents+json")]
    [InlineData("application/cloudevents+json; charset=utf-8")]
    [InlineData("Application/CloudEvents+JSON;charset=\"UTF-8\"")]
    [InlineData("application/cloudevents")]
    [InlineData("application/cloudevents+json; charset=us-ascii; x=y")]
    public void The_body_is_the_event_whatever_the_parameters(string contentType) => Samples.Structured(One, contentType).Read().Id.ShouldBe("1");

    [Theory]
    [InlineData("application/cloudevents+xml")]
    [InlineData("application/cloudevents+cbor")]
    [InlineData("application/cloudevents+json; charset=utf-16")]
    [InlineData("application/cloudeventsx")]
    public void A_format_that_is_not_read_is_415(string contentType)
    {
        var error = Samples.Structured(One, contentType).Refusal();
        error.Rule.ShouldBe(CloudEventRule.UnsupportedFormat);
        error.HttpStatus.ShouldBe(415);
    }

    [Fact]
    public void Headers_beside_the_body_are_ignored()
    {
        var message = Samples.Structured(One);
        message.Headers["ce-id"] = "other";
        message.Headers["ce-bad-name"] = "x";
        message.Read().Id.ShouldBe("1");
    }

    [Fact]
    public void A_batch_is_any_number_of_events_none_included()
    {
        Batch("[]").ShouldBeEmpty();
        Batch($"[{One},{One.Replace("\"1\"", "\"2\"")}]").Select(e => e.Id).ShouldBe(["1", "2"]);
        // Also where a batch is welcome a message may carry one event.
        Samples.Structured(One).Reader().TryReadBatch(Encoding.UTF8.GetBytes(One), out var single, out _).ShouldBeTrue();
        single!.Single().Id.ShouldBe("1");
    }

    [Fact]
    public void One_bad_event_makes_the_batch_invalid_and_is_named()
    {
        var message = Samples.Structured($"[{One},{One.Replace("/s", "")}]", "application/cloudevents-batch+json");
        message.Reader().TryReadBatch(message.Body, out var read, out var error).ShouldBeFalse();
        read.ShouldBeNull();
        error!.BatchIndex.ShouldBe(1);
        error.Attribute.ShouldBe("source");
        error.ToString().ShouldStartWith("event 1 of the batch: ");
    }

    [Fact]
    public void The_events_of_a_batch_MUST_have_one_version()
    {
        var message = Samples.Structured($"[{One},{One.Replace("1.0", "0.3")}]", "application/cloudevents-batch+json");
        message.Reader().TryReadBatch(message.Body, out _, out var error).ShouldBeFalse();
        error!.Rule.ShouldBe(CloudEventRule.Batch);

        var mixed = new[] { Samples.Json("").Read(), Samples.Structured(One.Replace("1.0", "0.3")).Read() };
        var headers = new Message();
        Should.Throw<ArgumentException>(() => CloudEventHttpWriter.WriteBatch(mixed, EventFormat.Json, ref headers, new ArrayBufferWriter<byte>()));
        headers.Headers.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("application/cloudevents-batch+avro")]
    [InlineData("application/cloudevents-batch+xml")]
    public void A_batch_in_a_format_without_batches_is_415(string contentType)
    {
        var message = Samples.Structured("[]", contentType);
        message.Reader().TryReadBatch(message.Body, out _, out var error).ShouldBeFalse();
        error!.HttpStatus.ShouldBe(415);
    }

    [Fact]
    public void The_writer_says_the_content_type()
    {
        var message = new Message();
        var body = new ArrayBufferWriter<byte>();
        CloudEventHttpWriter.WriteStructured(Samples.Json("").Read(), EventFormat.Json, ref message, body);
        message.Headers.ShouldBe(new Dictionary<string, string> { ["Content-Type"] = "application/cloudevents+json; charset=utf-8" });

        var batch = new Message();
        CloudEventHttpWriter.WriteBatch([Samples.Json("").Read()], EventFormat.Json, ref batch, new ArrayBufferWriter<byte>());
        batch.Headers["Content-Type"].ShouldBe("application/cloudevents-batch+json; charset=utf-8");
    }

    private static IReadOnlyList<CloudEvent> Batch(string json)
    {
        var message = Samples.Structured(json, "application/cloudevents-batch+json");
        message.Reader().TryReadBatch(message.Body, out var read, out var error).ShouldBeTrue(error?.ToString());
        return read!;
    }
}
