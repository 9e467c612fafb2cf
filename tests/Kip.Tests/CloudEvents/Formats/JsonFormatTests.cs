using System.Text;
using System.Text.Json;
using Kip.CloudEvents;
using Shouldly;

namespace Kip.Tests.CloudEvents.Formats;

/// <summary>JSON Event Format for CloudEvents 1.0.</summary>
public class JsonFormatTests
{
    private const string Required = "\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"";

    [Fact]
    public void Each_type_has_its_JSON_form_and_null_is_unset()
    {
        var read = Samples.Json("\"text\":\"a\",\"number\":-5,\"yes\":true,\"no\":false,\"unset\":null,\"subject\":null,\"time\":\"2018-04-05T17:31:00Z\"")
            .Read();
        read.Extensions.ToArray().ShouldBe(
        [
            new("text", CloudEventValue.String("a")), new("number", CloudEventValue.Integer(-5)),
            new("yes", CloudEventValue.Boolean(true)), new("no", CloudEventValue.Boolean(false)),
        ]);
        read.Subject.ShouldBeNull();
        Samples.ToJson(read).ShouldBe(
            $"{{{Required},\"time\":\"2018-04-05T17:31:00Z\",\"text\":\"a\",\"number\":-5,\"yes\":true,\"no\":false}}");
    }

    [Theory]
    [InlineData("\"ext\":1.5", CloudEventRule.AttributeType)]
    [InlineData("\"ext\":1e3", CloudEventRule.AttributeType)]
    [InlineData("\"ext\":1.0", CloudEventRule.AttributeType)]
    [InlineData("\"ext\":2147483648", CloudEventRule.IntegerRange)]
    [InlineData("\"ext\":-99999999999999999999", CloudEventRule.IntegerRange)]
    [InlineData("\"ext\":{}", CloudEventRule.AttributeType)]
    [InlineData("\"ext\":[1]", CloudEventRule.AttributeType)]
    [InlineData("\"Ext\":\"x\"", CloudEventRule.AttributeName)]
    [InlineData("\"my_ext\":\"x\"", CloudEventRule.AttributeName)]
    [InlineData("\"my-ext\":null", CloudEventRule.AttributeName)]
    [InlineData("\"\":\"x\"", CloudEventRule.AttributeName)]
    [InlineData("\"\\ud800\":\"x\"", CloudEventRule.AttributeName)]
    [InlineData("\"ext\":\"\\ud800\"", CloudEventRule.Text)]
    [InlineData("\"ext\":\"a\\u0001\"", CloudEventRule.Text)]
    [InlineData("\"id\":\"2\"", CloudEventRule.AttributeOnce)]
    [InlineData("\"ext\":\"a\",\"ext\":\"b\"", CloudEventRule.AttributeOnce)]
    [InlineData("\"subject\":5", CloudEventRule.AttributeType)]
    [InlineData("\"time\":true", CloudEventRule.AttributeType)]
    [InlineData("\"time\":\"today\"", CloudEventRule.Timestamp)]
    [InlineData("\"dataschema\":\"x\"", CloudEventRule.Uri)]
    [InlineData("\"data\":1,\"data_base64\":\"AQ==\"", CloudEventRule.Data)]
    [InlineData("\"data_base64\":5", CloudEventRule.Data)]
    [InlineData("\"data_base64\":\"A\"", CloudEventRule.Base64)]
    [InlineData("\"data_base64\":\"AQ==\\n\"", CloudEventRule.Base64)]
    [InlineData("\"data\":1,\"data\":2", CloudEventRule.AttributeOnce)]
    [InlineData("\"datacontenttype\":\"text/plain\",\"data\":{}", CloudEventRule.Data)]
    [InlineData("\"data\":7,\"datacontenttype\":\"text/plain\"", CloudEventRule.Data)]
    [InlineData("\"datacontenttype\":\"text/plain\",\"data\":\"\\udc00\"", CloudEventRule.Text)]
    public void Wrong_members_are_refused(string members, CloudEventRule rule) => Samples.Json(members).Refusal().Rule.ShouldBe(rule);

    [Theory]
    [InlineData("", CloudEventRule.Format)]
    [InlineData("[]", CloudEventRule.Format)]
    [InlineData("null", CloudEventRule.Format)]
    [InlineData("\"text\"", CloudEventRule.Format)]
    [InlineData("{", CloudEventRule.Format)]
    [InlineData("{}", CloudEventRule.RequiredAttribute)]
    [InlineData("{} {}", CloudEventRule.RequiredAttribute)]
    [InlineData("{\"id\":\"1\",}", CloudEventRule.Format)]
    [InlineData("{/* no comments */}", CloudEventRule.Format)]
    [InlineData("{\"id\":\"a\nb\"}", CloudEventRule.Format)]
    public void A_body_that_is_no_event_is_refused(string body, CloudEventRule rule) => Samples.Structured(body).Refusal().Rule.ShouldBe(rule);

    [Fact]
    public void Nothing_may_follow_the_event() => Samples.Structured($"{{{Required}}} 1").Refusal().Rule.ShouldBe(CloudEventRule.Format);

    [Fact]
    public void The_body_MUST_be_UTF8_and_may_begin_with_its_mark()
    {
        var message = Samples.Json("\"data\":\"x\"");
        Message With(byte[] body) => new() { Headers = { ["Content-Type"] = "application/cloudevents+json" }, Body = body };
        With([0xEF, 0xBB, 0xBF, .. message.Body.Span]).Read().Data.ToArray().ShouldBe("\"x\""u8.ToArray());
        var broken = message.Body.ToArray();
        broken[^3] = 0xFF;
        With(broken).Refusal().Rule.ShouldBe(CloudEventRule.Format);
    }

    [Theory]
    [InlineData("\"data\":{\"a\" : [1, 2.50]}", "{\"a\" : [1, 2.50]}", CloudEventDataKind.Json)]
    [InlineData("\"data\":\"a string\"", "\"a string\"", CloudEventDataKind.Json)]
    [InlineData("\"data\":\"{}\"", "\"{}\"", CloudEventDataKind.Json)]
    [InlineData("\"data\":null", "null", CloudEventDataKind.Json)]
    [InlineData("\"data\":false,\"datacontenttype\":\"application/json\"", "false", CloudEventDataKind.Json)]
    [InlineData("\"data\":1,\"datacontenttype\":\"Text/JSON; charset=utf-8\"", "1", CloudEventDataKind.Json)]
    [InlineData("\"data\":1,\"datacontenttype\":\"application/vnd.x+json\"", "1", CloudEventDataKind.Json)]
    [InlineData("\"data\":\"<a>\\u20ac</a>\",\"datacontenttype\":\"application/xml\"", "<a>\u20ac</a>", CloudEventDataKind.Text)]
    [InlineData("\"datacontenttype\":\"text/plain\",\"data\":\"\"", "", CloudEventDataKind.Text)]
    [InlineData("\"datacontenttype\":\"text/plain\",\"data\":null", "", CloudEventDataKind.None)]
    [InlineData("\"data_base64\":\"aGk=\"", "hi", CloudEventDataKind.Bytes)]
    [InlineData("\"data_base64\":\"aGk=\",\"datacontenttype\":\"application/json\"", "hi", CloudEventDataKind.Bytes)]
    [InlineData("\"data_base64\":null,\"data\":1", "1", CloudEventDataKind.Json)]
    [InlineData("\"data_base64\":null", "", CloudEventDataKind.None)]
    [InlineData("\"\\u0064ata\":1", "1", CloudEventDataKind.Json)]
    public void Data_is_what_the_content_type_says(string members, string data, CloudEventDataKind kind)
    {
        var read = Samples.Json(members).Read();
        read.DataKind.ShouldBe(kind);
        Encoding.UTF8.GetString(read.Data.Span).ShouldBe(data);
        // Writing it again says the same.
        Samples.Describe(Samples.Structured(Samples.ToJson(read)).Read()).ShouldBe(Samples.Describe(read));
    }

    [Fact]
    public void A_JSON_string_MUST_NOT_be_parsed_again_and_keeps_its_quotes_in_binary_mode()
    {
        var written = Message.Binary(Samples.Json("\"data\":\"{\\\"a\\\":1}\"").Read());
        Encoding.UTF8.GetString(written.Body.Span).ShouldBe("\"{\\\"a\\\":1}\"");
        written.Headers["Content-Type"].ShouldBe("application/json");
    }

    [Theory]
    [InlineData("application/json", "{\"a\": 1}", "\"data\":{\"a\": 1}")]
    [InlineData("application/json", "not json", "\"data_base64\":\"bm90IGpzb24=\"")]
    [InlineData("application/json", "1 2", "\"data_base64\":\"MSAy\"")]
    [InlineData("application/cloudevent+json; x=y", "7", "\"data\":7")]
    [InlineData("text/plain", "a\"b", "\"data\":\"a\\\"b\"")]
    [InlineData("text/plain; charset=iso-8859-1", "a", "\"data_base64\":\"YQ==\"")]
    [InlineData("application/xml", "<a/>", "\"data\":\"<a/>\"")]
    [InlineData("image/png", "png", "\"data_base64\":\"cG5n\"")]
    [InlineData(null, "x", "\"data_base64\":\"eA==\"")]
    public void Bytes_are_embedded_as_their_content_type_allows(string? contentType, string body, string member)
    {
        var message = Samples.Http(("Content-Type", contentType));
        message.Body = Encoding.UTF8.GetBytes(body);
        Samples.ToJson(message.Read()).ShouldEndWith($",{member}}}");
    }

    [Fact]
    public void Text_that_is_not_UTF8_is_never_written_as_a_string()
    {
        var message = Samples.Http(("Content-Type", "text/plain"));
        message.Body = new byte[] { 0x61, 0xFF };
        Samples.ToJson(message.Read()).ShouldEndWith(",\"data_base64\":\"Yf8=\"}");
        message.Headers["Content-Type"] = "application/json";
        message.Body = "\"a\xFF\""u8.ToArray()[..2].Concat(new byte[] { 0xFF, 0x22 }).ToArray();
        Samples.ToJson(message.Read()).ShouldContain("data_base64");
    }

    [Fact]
    public void Data_of_0_3_is_base64_by_its_attribute()
    {
        var read = Samples.Structured(Json03("\"datacontentencoding\":\"base64\",\"data\":\"AQI=\"")).Read();
        read.Data.ToArray().ShouldBe([1, 2]);
        Samples.ToJson(read).ShouldEndWith("\"datacontentencoding\":\"base64\",\"data\":\"AQI=\"}");
        Message.Binary(read).Body.ToArray().ShouldBe([1, 2]);
        Samples.Structured(Json03("\"datacontentencoding\":\"base64\",\"data\":{}")).Refusal().Rule.ShouldBe(CloudEventRule.Data);

        static string Json03(string members) => $"{{\"specversion\":\"0.3\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",{members}}}";
    }

    [Fact]
    public void Deep_data_is_carried_and_deeper_is_refused()
    {
        static string Deep(int depth) => new string('[', depth) + new string(']', depth);
        Samples.Json("\"data\":" + Deep(1000)).Read().Data.Length.ShouldBe(2000);
        Samples.Json("\"data\":" + Deep(100_000)).Refusal().Rule.ShouldBe(CloudEventRule.Format);
    }

    [Fact]
    public void What_Knatives_receivers_take_in_upper_case_is_taken_where_that_is_asked_for()
    {
        var message = Samples.Structured("{\"SpecVersion\":\"1.0\",\"ID\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"MyExt\":\"x\",\"Data\":1}");
        message.Read(CloudEventStrictness.Upstream).TryGetExtension("myext", out _).ShouldBeTrue();
        message.Refusal().Rule.ShouldBe(CloudEventRule.AttributeName);
    }

    [Fact]
    public void What_is_written_is_JSON_whatever_the_texts_are()
    {
        var written = Samples.ToJson(Samples.Builder().Set("ext", "\"\\ \u20ac \U0001f600 </script>").Build());
        JsonDocument.Parse(written).RootElement.GetProperty("ext").GetString().ShouldBe("\"\\ \u20ac \U0001f600 </script>");
    }
}
