using System.Buffers;
using Kip.CloudEvents;
using Kip.CloudEvents.Formats;
using Shouldly;

namespace Kip.Tests.CloudEvents.Formats;

/// <summary>Protobuf Event Format for CloudEvents 1.0, as <c>cloudevents.proto</c> numbers it.</summary>
public class ProtobufFormatTests
{
    // id = "1", source = "/s", spec_version = "1.0", type = "t"
    private const string Smallest = "0A0131" + "12022F73" + "1A03312E30" + "220174";

    [Fact]
    public void The_required_attributes_are_fields_and_never_in_the_map() => Hex(Samples.Builder().Build()).ShouldBe(Smallest);

    [Theory]
    // Each is: attributes { key: "x" value { <oneof> } }
    [InlineData(CloudEventType.Boolean, "true", "2A07" + "0A0178" + "1202" + "0801")]
    [InlineData(CloudEventType.Boolean, "false", "2A07" + "0A0178" + "1202" + "0800")]
    [InlineData(CloudEventType.Integer, "5", "2A07" + "0A0178" + "1202" + "1005")]
    [InlineData(CloudEventType.Integer, "-1", "2A10" + "0A0178" + "120B" + "10FFFFFFFFFFFFFFFFFF01")]
    [InlineData(CloudEventType.String, "ab", "2A09" + "0A0178" + "1204" + "1A026162")]
    [InlineData(CloudEventType.Binary, "AQI=", "2A09" + "0A0178" + "1204" + "22020102")]
    [InlineData(CloudEventType.Uri, "a:b", "2A0A" + "0A0178" + "1205" + "2A03613A62")]
    [InlineData(CloudEventType.UriReference, "/a", "2A09" + "0A0178" + "1204" + "32022F61")]
    [InlineData(CloudEventType.Timestamp, "1970-01-01T00:00:01Z", "2A09" + "0A0178" + "1204" + "3A020801")]
    [InlineData(CloudEventType.Timestamp, "1970-01-01T00:00:00.000000001Z", "2A09" + "0A0178" + "1204" + "3A021001")]
    [InlineData(CloudEventType.Timestamp, "1969-12-31T23:59:59.5Z", "2A18" + "0A0178" + "1213" + "3A1108FFFFFFFFFFFFFFFFFF011080CAB5EE01")]
    public void Each_type_has_its_field(CloudEventType type, string text, string hex)
    {
        var cloudEvent = Samples.Builder().Set("x", CloudEventValue.FromCanonical(type, text)).Build();
        Hex(cloudEvent).ShouldBe(Smallest + hex);
        Read(Smallest + hex).Extensions.ToArray().ShouldBe([new("x", CloudEventValue.FromCanonical(type, text))]);
    }

    [Fact]
    public void Optional_attributes_are_in_the_map_with_their_types()
    {
        var read = Round(Samples.Builder().Set(
            "subject", "s").Set("dataschema", "urn:a").Set("time", "2018-04-26T14:48:09+02:00").Set("datacontenttype", "a/b").Build());
        Samples.Describe(read).ShouldContain("dataschema:Uri=urn:a");
        // The message has no offset: the instant is the same.
        read.Time.ShouldBe("2018-04-26T12:48:09Z");
    }

    [Theory]
    [InlineData(CloudEventDataKind.Bytes, null, "01", "320101")]
    [InlineData(CloudEventDataKind.Bytes, "image/png", "01", "320101")]
    [InlineData(CloudEventDataKind.Bytes, "text/plain", "6869", "3A026869")]
    [InlineData(CloudEventDataKind.Bytes, "text/plain", "FF", "3201FF")]
    [InlineData(CloudEventDataKind.Bytes, "application/json", "31", "3A0131")]
    [InlineData(CloudEventDataKind.Bytes, "application/json", "7B", "32017B")]
    [InlineData(CloudEventDataKind.Text, null, "6869", "3A026869")]
    [InlineData(CloudEventDataKind.ProtobufAny, null, "0A03612F62120101", "42080A03612F62120101")]
    public void Text_is_text_data_bytes_are_binary_data_and_messages_are_proto_data(CloudEventDataKind kind, string? contentType, string data, string field)
    {
        var builder = Samples.Builder().SetData(kind, Convert.FromHexString(data));
        if (contentType is not null) builder.Set("datacontenttype", contentType);
        var cloudEvent = builder.Build();
        Hex(cloudEvent).ShouldEndWith(field);
        Convert.ToHexString(Round(cloudEvent).Data.Span).ShouldBe(data);
    }

    [Fact]
    public void A_message_as_data_travels_on_as_its_bytes()
    {
        var read = Read(Smallest + "42080A03612F62120101");
        read.DataKind.ShouldBe(CloudEventDataKind.ProtobufAny);
        var written = Message.Binary(read);
        written.Headers["Content-Type"].ShouldBe("application/protobuf");
        written.Body.ToArray().ShouldBe([1]);
        Samples.ToJson(read).ShouldEndWith("\"data_base64\":\"AQ==\"}");
    }

    [Fact]
    public void The_JSON_formats_default_content_type_becomes_explicit()
    {
        var read = Round(Samples.Json("\"data\":{}").Read());
        read.DataContentType.ShouldBe("application/json");
        read.Data.ToArray().ShouldBe("{}"u8.ToArray());
    }

    [Theory]
    [InlineData("0A", CloudEventRule.Format)]
    [InlineData("0A05", CloudEventRule.Format)]
    [InlineData("07", CloudEventRule.Format)]
    [InlineData("00", CloudEventRule.Format)]
    [InlineData("08FFFFFFFFFFFFFFFFFFFFFF", CloudEventRule.Format)]
    [InlineData("0A01FF", CloudEventRule.Format)]
    [InlineData("0801", CloudEventRule.Format)]
    [InlineData("", CloudEventRule.RequiredAttribute)]
    [InlineData("0A0131", CloudEventRule.RequiredAttribute)]
    [InlineData(Smallest + "2A08" + "0A026964" + "1202" + "0801", CloudEventRule.AttributeName)]
    [InlineData(Smallest + "2A07" + "0A0158" + "1202" + "0801", CloudEventRule.AttributeName)]
    [InlineData(Smallest + "2A07" + "0A0178" + "1202" + "0801" + "2A07" + "0A0178" + "1202" + "0801", CloudEventRule.AttributeOnce)]
    [InlineData(Smallest + "2A10" + "0A0178" + "120B" + "3A0908FFFFFFFFFFFFFF7F", CloudEventRule.Timestamp)]
    [InlineData(Smallest + "2A0A" + "0A0178" + "1205" + "2A036120" + "62", CloudEventRule.Uri)]
    [InlineData(Smallest + "3A01FF", CloudEventRule.Text)]
    [InlineData(Smallest + "4201FF", CloudEventRule.Data)]
    public void What_is_no_event_is_refused(string hex, CloudEventRule rule)
    {
        EventFormat.Protobuf.TryRead(Convert.FromHexString(hex), CloudEventStrictness.Specification, out _, out var error).ShouldBeFalse();
        error!.Rule.ShouldBe(rule);
    }

    [Fact]
    public void Fields_of_later_versions_are_passed_over() =>
        Read(Smallest + "A00601" + "A90601020304050607" + "08" + "AD0601020304" + "A2060141").Id.ShouldBe("1");

    [Fact]
    public void A_batch_is_a_list_of_events()
    {
        var body = new ArrayBufferWriter<byte>();
        EventFormat.Protobuf.WriteBatch([Samples.Builder().Build(), Samples.Builder().Build()], body);
        Convert.ToHexString(body.WrittenSpan).ShouldBe("0A0F" + Smallest + "0A0F" + Smallest);
        EventFormat.Protobuf.TryReadBatch(body.WrittenMemory, CloudEventStrictness.Specification, out var read, out _).ShouldBeTrue();
        read!.Count.ShouldBe(2);
        EventFormat.Protobuf.TryReadBatch(default, CloudEventStrictness.Specification, out var none, out _).ShouldBeTrue();
        none!.ShouldBeEmpty();
        EventFormat.Protobuf.TryReadBatch(Convert.FromHexString("0A0F" + Smallest + "0A00"), CloudEventStrictness.Specification, out _, out var error)
            .ShouldBeFalse();
        error!.BatchIndex.ShouldBe(1);
    }

    private static CloudEvent Read(string hex)
    {
        EventFormat.Protobuf.TryRead(Convert.FromHexString(hex), CloudEventStrictness.Specification, out var read, out var error)
            .ShouldBeTrue(error?.ToString());
        return read!;
    }

    private static CloudEvent Round(CloudEvent cloudEvent) => Read(Hex(cloudEvent));

    private static string Hex(CloudEvent cloudEvent)
    {
        var body = new ArrayBufferWriter<byte>();
        EventFormat.Protobuf.Write(cloudEvent, body);
        return Convert.ToHexString(body.WrittenSpan);
    }
}
