using System.Buffers;
using System.Text;
using Kip.CloudEvents;
using Kip.CloudEvents.Formats;
using Shouldly;

namespace Kip.Tests.CloudEvents.Formats;

/// <summary>Avro Event Format for CloudEvents 1.0.</summary>
public class AvroFormatTests
{
    // A map of four entries, each a name and a string (branch 3 of the union).
    private const string Attributes = "08" + "16" + "7370656376657273696F6E" + "06" + "06312E30" + "04" + "6964" + "06" + "0231"
        + "0C" + "736F75726365" + "06" + "042F73" + "08" + "74797065" + "06" + "0274" + "00";

    [Fact]
    public void All_attributes_are_in_the_map_and_absent_data_is_null() => Hex(Samples.Builder().Build()).ShouldBe(Attributes + "02");

    [Fact]
    public void Types_survive_and_URIs_and_times_are_strings()
    {
        var read = Read(Hex(Samples.Builder().Set("yes", CloudEventValue.Boolean(true)).Set("number", CloudEventValue.Integer(int.MinValue))
            .Set("bytes", CloudEventValue.Binary([1, 2])).Set("link", CloudEventValue.Uri("a:b")).Set("time", "2018-04-26T14:48:09+02:00").Build()));
        read.Time.ShouldBe("2018-04-26T14:48:09+02:00");
        read.Extensions.ToArray().ShouldBe(
        [
            new("yes", CloudEventValue.Boolean(true)), new("number", CloudEventValue.Integer(int.MinValue)),
            new("bytes", CloudEventValue.Binary([1, 2])), new("link", CloudEventValue.String("a:b")),
        ]);
    }

    [Theory]
    [InlineData("00" + "0401FF", "01FF", CloudEventDataKind.Bytes)]
    [InlineData("02", "", CloudEventDataKind.None)]
    [InlineData("0C" + "046869", "6869", CloudEventDataKind.Text)]
    public void Bytes_text_and_nothing(string data, string bytes, CloudEventDataKind kind)
    {
        var read = Read(Attributes + data);
        read.DataKind.ShouldBe(kind);
        Convert.ToHexString(read.Data.Span).ShouldBe(bytes);
        Hex(read).ShouldBe(Attributes + data);
    }

    [Theory]
    [InlineData("04" + "01", "true")]
    [InlineData("0A" + "000000000000F83F", "1.5")]
    // A map of (null, boolean, record, double, string).
    [InlineData("06" + "06" + "0261" + "00" + "0262" + "0201" + "0263" + "08" + "0278" + "00", "{\"a\":null,\"b\":true,\"c\":\"x\"}")]
    // Its blocks may say their size: -1 entries, 5 bytes.
    [InlineData("06" + "01" + "0A" + "0261" + "0201" + "00", "{\"a\":true}")]
    // A record is a map of (null, boolean, map, array, double, string).
    [InlineData("06" + "02" + "0261" + "04" + "04" + "0262" + "0A" + "0278" + "0263" + "06" + "00" + "00" + "00", "{\"a\":{\"b\":\"x\",\"c\":[]}}")]
    [InlineData("08" + "02" + "02" + "0261" + "04" + "02" + "0262" + "00" + "00" + "00" + "00", "[{\"a\":{\"b\":{}}}]")]
    public void JSON_values_in_the_schemas_own_form_are_read(string data, string json)
    {
        var read = Read(Attributes + data);
        read.DataKind.ShouldBe(CloudEventDataKind.Json);
        read.DataContentType.ShouldBe("application/json");
        Encoding.UTF8.GetString(read.Data.Span).ShouldBe(json);
    }

    [Theory]
    [InlineData("", CloudEventRule.Format)]
    [InlineData("00", CloudEventRule.Format)]
    [InlineData("0002", CloudEventRule.RequiredAttribute)]
    [InlineData(Attributes, CloudEventRule.Format)]
    [InlineData(Attributes + "0201", CloudEventRule.Format)]
    [InlineData(Attributes + "0E", CloudEventRule.Format)]
    [InlineData(Attributes + "00FFFFFFFF0F", CloudEventRule.Format)]
    [InlineData(Attributes + "0C02FF", CloudEventRule.Format)]
    [InlineData(Attributes + "0A000000000000F07F", CloudEventRule.Format)]
    [InlineData(Attributes + "0402", CloudEventRule.Format)]
    [InlineData("FFFFFFFFFFFFFFFFFF01", CloudEventRule.Format)]
    [InlineData("FFFFFFFFFFFFFFFFFFFF01", CloudEventRule.Format)]
    [InlineData("02" + "0258" + "06" + "0278" + "00" + "02", CloudEventRule.AttributeName)]
    [InlineData("02" + "046964" + "0402" + "00" + "02", CloudEventRule.AttributeType)]
    [InlineData("02" + "0278" + "0480808080" + "20" + "00" + "02", CloudEventRule.Format)]
    public void What_is_no_event_is_refused(string hex, CloudEventRule rule)
    {
        EventFormat.Avro.TryRead(Convert.FromHexString(hex), CloudEventStrictness.Specification, out _, out var error).ShouldBeFalse();
        error!.Rule.ShouldBe(rule);
    }

    [Fact]
    public void Data_nested_without_end_is_refused()
    {
        // Records within records, far deeper than any document.
        var deep = string.Concat(Enumerable.Repeat("02" + "0261" + "04", 10_000));
        EventFormat.Avro.TryRead(Convert.FromHexString(Attributes + "06" + deep), CloudEventStrictness.Specification, out _, out var error).ShouldBeFalse();
        error!.Rule.ShouldBe(CloudEventRule.Format);
    }

    [Fact]
    public void There_are_no_batches()
    {
        EventFormat.Avro.TryReadBatch(default, CloudEventStrictness.Specification, out _, out var error).ShouldBeFalse();
        error!.HttpStatus.ShouldBe(415);
        Should.Throw<NotSupportedException>(() => EventFormat.Avro.WriteBatch([], new ArrayBufferWriter<byte>()));
    }

    private static CloudEvent Read(string hex)
    {
        EventFormat.Avro.TryRead(Convert.FromHexString(hex), CloudEventStrictness.Specification, out var read, out var error).ShouldBeTrue(error?.ToString());
        return read!;
    }

    private static string Hex(CloudEvent cloudEvent)
    {
        var body = new ArrayBufferWriter<byte>();
        EventFormat.Avro.Write(cloudEvent, body);
        return Convert.ToHexString(body.WrittenSpan);
    }
}
