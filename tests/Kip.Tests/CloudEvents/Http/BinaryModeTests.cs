using System.Text;
using Kip.CloudEvents;
using Kip.CloudEvents.Http;
using Shouldly;

namespace Kip.Tests.CloudEvents.Http;

/// <summary>HTTP binding, section 3.1.</summary>
public class BinaryModeTests
{
    [Theory]
    [InlineData(null, ContentMode.Binary)]
    [InlineData("application/json", ContentMode.Binary)]
    [InlineData("application/cloudevents", ContentMode.Structured)]
    [InlineData("application/cloudevents+json", ContentMode.Structured)]
    [InlineData("APPLICATION/CloudEvents+JSON; charset=UTF-8", ContentMode.Structured)]
    [InlineData("application/cloudevents+protobuf", ContentMode.Structured)]
    [InlineData("application/cloudevents-batch+json", ContentMode.Batched)]
    [InlineData("Application/CloudEvents-Batch+json; charset=utf-8", ContentMode.Batched)]
    public void The_content_type_decides_the_mode_whatever_its_case(string? contentType, ContentMode mode) =>
        CloudEventHttpReader.ModeOf(contentType).ShouldBe(mode);

    [Fact]
    public void Attributes_are_headers_and_the_body_is_the_data()
    {
        var message = Samples.Http(("ce-subject", "s1"), ("ce-time", "2018-04-05T17:31:00Z"), ("ce-dataschema", "http://x/y"),
            ("Content-Type", "text/plain"), ("ce-comexampleextension1", "value"), ("X-Other", "not an attribute"));
        message.Body = "hello"u8.ToArray();

        var read = message.Read();

        read.Id.ShouldBe("1");
        read.Subject.ShouldBe("s1");
        read.Time.ShouldBe("2018-04-05T17:31:00Z");
        read.DataSchema.ShouldBe("http://x/y");
        read.DataContentType.ShouldBe("text/plain");
        read.Extensions.Length.ShouldBe(1);
        read.TryGetExtension("comexampleextension1", out var extension).ShouldBeTrue();
        extension.ShouldBe(CloudEventValue.String("value"));
        Encoding.UTF8.GetString(read.Data.Span).ShouldBe("hello");
    }

    [Fact]
    public void Header_names_count_in_any_case_and_attributes_are_lower_case()
    {
        var message = new Message();
        foreach (var (name, value) in Samples.Required) message.Headers[name.ToUpperInvariant()] = value;
        message.Headers["Ce-MyExt"] = "Value";
        message.Read().TryGetExtension("myext", out var value2).ShouldBeTrue();
        value2.ToString().ShouldBe("Value");
    }

    [Fact]
    public void From_binary_to_binary_the_data_is_the_same_memory()
    {
        var message = Samples.Http(("Content-Type", "application/json"));
        message.Body = """{ "a" :  1 }"""u8.ToArray();
        var written = Message.Binary(message.Read());
        written.Body.Equals(message.Body).ShouldBeTrue();
        written.Headers.ShouldBe(message.Headers, ignoreOrder: true);
    }

    [Theory]
    [InlineData("ce-id")]
    [InlineData("ce-source")]
    [InlineData("ce-type")]
    [InlineData("ce-specversion")]
    public void Each_required_attribute_must_be_there_and_not_empty(string header)
    {
        var missing = Samples.Http((header, null)).Refusal();
        missing.Rule.ShouldBe(CloudEventRule.RequiredAttribute);
        missing.Attribute.ShouldBe(header[3..]);
        Samples.Http((header, "")).Refusal().Attribute.ShouldBe(header[3..]);
    }

    [Fact]
    public void The_content_type_must_not_be_an_attribute_header()
    {
        var message = Samples.Http(("ce-datacontenttype", "text/plain"));
        message.Refusal().Rule.ShouldBe(CloudEventRule.ContentTypeHeader);
        message.Read(CloudEventStrictness.Upstream).DataContentType.ShouldBeNull();
    }

    [Fact]
    public void No_content_type_is_invented()
    {
        var message = Samples.Http();
        message.Body = "x"u8.ToArray();
        Message.Binary(message.Read()).Headers.ShouldNotContainKey("Content-Type");
    }

    [Fact]
    public void The_default_of_the_json_format_becomes_explicit()
    {
        var written = Message.Binary(Samples.Json("\"data\":[1,2]").Read());
        written.Headers["Content-Type"].ShouldBe("application/json");
        Encoding.UTF8.GetString(written.Body.Span).ShouldBe("[1,2]");
    }

    [Fact]
    public void A_batch_is_refused_where_one_event_is_expected() =>
        Samples.Structured("[]", "application/cloudevents-batch+json").Refusal().Rule.ShouldBe(CloudEventRule.UnsupportedFormat);
}
