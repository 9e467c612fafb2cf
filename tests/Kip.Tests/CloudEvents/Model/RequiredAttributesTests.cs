using Kip.CloudEvents;
using Shouldly;

namespace Kip.Tests.CloudEvents.Model;

/// <summary>CloudEvents 1.0, "Required attributes" and "Optional attributes".</summary>
public class RequiredAttributesTests
{
    [Theory]
    [InlineData("id")]
    [InlineData("source")]
    [InlineData("specversion")]
    [InlineData("type")]
    public void MUST_be_present_and_MUST_NOT_be_empty(string name)
    {
        foreach (var value in new[] { null, "", " " })
        {
            var builder = new CloudEventBuilder();
            foreach (var (header, text) in Samples.Required)
            {
                if (header[3..] != name) builder.Set(header[3..], text);
            }
            if (value is not null) builder.Set(name, value);
            builder.TryBuild(out var made, out var error).ShouldBeFalse();
            made.ShouldBeNull();
            error!.Attribute.ShouldBe(name);
            error.Rule.ShouldBe((name, value) switch
            {
                ("specversion", " ") => CloudEventRule.SpecVersion,
                ("source", " ") => CloudEventRule.UriReference,
                _ => CloudEventRule.RequiredAttribute,
            });
        }
    }

    [Theory]
    [InlineData("1.0", null)]
    [InlineData("0.3", null)]
    [InlineData("1.0.2", CloudEventRule.SpecVersion)]
    [InlineData("1", CloudEventRule.SpecVersion)]
    [InlineData("0.2", CloudEventRule.SpecVersion)]
    [InlineData("2.0", CloudEventRule.SpecVersion)]
    public void Specversion_MUST_be_the_text_1_0(string version, CloudEventRule? rule) => Check("specversion", version, rule);

    [Theory]
    [InlineData("subject", "", CloudEventRule.NotEmpty)]
    [InlineData("subject", "a b", null)]
    [InlineData("dataschema", "", CloudEventRule.NotEmpty)]
    [InlineData("dataschema", "https://example.com/s?v=1", null)]
    [InlineData("dataschema", "urn:x:y", null)]
    [InlineData("dataschema", "/relative", CloudEventRule.Uri)]
    [InlineData("dataschema", "https://example.com/s#fragment", CloudEventRule.Uri)]
    [InlineData("datacontenttype", "", CloudEventRule.NotEmpty)]
    [InlineData("datacontenttype", "application/json", null)]
    [InlineData("datacontenttype", "Text/PLAIN; Charset=\"utf-8\"; x=y", null)]
    [InlineData("datacontenttype", "json", CloudEventRule.MediaType)]
    [InlineData("datacontenttype", "application/", CloudEventRule.MediaType)]
    [InlineData("datacontenttype", "application/json;charset", CloudEventRule.MediaType)]
    [InlineData("datacontenttype", "text/plain, text/html", CloudEventRule.MediaType)]
    public void Optional_attributes_MUST_be_well_formed_if_present(string name, string value, CloudEventRule? rule) => Check(name, value, rule);

    [Fact]
    public void Each_attribute_MUST_occur_once_only()
    {
        foreach (var name in new[] { "id", "subject", "myext" })
        {
            Samples.Builder().Set("subject", "a").Set("myext", "a").Set(name, "b").TryBuild(out _, out var error).ShouldBeFalse();
            error!.Rule.ShouldBe(CloudEventRule.AttributeOnce);
            error.Attribute.ShouldBe(name);
        }
    }

    [Fact]
    public void An_event_of_0_3_has_its_schemaurl_and_keeps_its_version()
    {
        var read = Samples.Http(("ce-specversion", "0.3"), ("ce-schemaurl", "/relative"), ("ce-dataschema", "an extension there")).Read();
        read.SpecVersion.ShouldBe(CloudEventSpecVersion.V03);
        read.DataSchema.ShouldBe("/relative");
        read.TryGetAttribute("schemaurl", out var schema).ShouldBeTrue();
        schema.Type.ShouldBe(CloudEventType.UriReference);
        read.TryGetAttribute("dataschema", out var extension).ShouldBeTrue();
        extension.ToString().ShouldBe("an extension there");

        var written = Message.Binary(read);
        written.Headers["ce-specversion"].ShouldBe("0.3");
        written.Headers["ce-schemaurl"].ShouldBe("/relative");
        Samples.ToJson(read).ShouldContain("\"specversion\":\"0.3\"");
        Samples.Http(("ce-specversion", "0.3"), ("ce-datacontentencoding", "gzip")).Refusal().Attribute.ShouldBe("datacontentencoding");
    }

    [Fact]
    public void What_Knative_lets_pass_is_let_pass_where_that_is_asked_for()
    {
        var message = Samples.Http(("ce-subject", ""), ("ce-source", "my source"), ("ce-dataschema", "https://x/y#z"), ("ce-ext", "a\u0001b"));
        var read = message.Read(CloudEventStrictness.Upstream);
        read.Subject.ShouldBeNull();
        read.Source.ShouldBe("my source");
        read.DataSchema.ShouldBe("https://x/y#z");
        Samples.Http(("ce-dataschema", "relative")).Refusal(CloudEventStrictness.Upstream).Rule.ShouldBe(CloudEventRule.Uri);
        Samples.Http(("ce-time", "yesterday")).Refusal(CloudEventStrictness.Upstream).Rule.ShouldBe(CloudEventRule.Timestamp);
        Samples.Http(("Content-Type", "nonsense")).Refusal(CloudEventStrictness.Upstream).Rule.ShouldBe(CloudEventRule.MediaType);
    }

    [Fact]
    public void What_is_set_wrong_is_an_exception_for_those_who_build()
    {
        var thrown = Should.Throw<CloudEventException>(() => Samples.Builder().Set("My-Ext", "x").Build());
        thrown.Error.Rule.ShouldBe(CloudEventRule.AttributeName);
        thrown.Message.ShouldContain("My-Ext");
    }

    private static void Check(string name, string value, CloudEventRule? rule)
    {
        var builder = new CloudEventBuilder();
        foreach (var (header, text) in Samples.Required) builder.Set(header[3..], header[3..] == name ? value : text);
        if (!builder.IsSet(name)) builder.Set(name, value);
        builder.TryBuild(out _, out var error);
        (error?.Rule).ShouldBe(rule);
        if (rule is not null) error!.Attribute.ShouldBe(name);
    }
}
