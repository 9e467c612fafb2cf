using Kip.CloudEvents;
using Kip.CloudEvents.Syntax;
using Shouldly;

namespace Kip.Tests.CloudEvents.Model;

/// <summary>CloudEvents 1.0, "Naming conventions" and "Type system".</summary>
public class TypeSystemTests
{
    [Theory]
    [InlineData("a", true)]
    [InlineData("1", true)]
    [InlineData("abc123", true)]
    [InlineData("averyveryverylongnameofmorethantwentycharacters", true)]
    [InlineData("", false)]
    [InlineData("A", false)]
    [InlineData("my-ext", false)]
    [InlineData("my_ext", false)]
    [InlineData("my.ext", false)]
    [InlineData("é", false)]
    [InlineData("data", false)]
    [InlineData("data_base64", false)]
    public void Names_MUST_be_lower_case_letters_and_digits_and_MUST_NOT_be_data(string name, bool valid)
    {
        Samples.Builder().Set(name, "x").TryBuild(out _, out var error).ShouldBe(valid);
        (error?.Rule).ShouldBe(valid ? null : CloudEventRule.AttributeName);
    }

    [Theory]
    [InlineData("plain", true)]
    [InlineData("é €, 😀", true)]
    [InlineData("", true)]
    [InlineData("a\u0000", false)]
    [InlineData("a\tb", false)]
    [InlineData("a\nb", false)]
    [InlineData("\u007f", false)]
    [InlineData("\u0085", false)]
    [InlineData("\u009f", false)]
    [InlineData("\ufdd0", false)]
    [InlineData("\uffff", false)]
    [InlineData("\U0001fffe", false)]
    [InlineData("\ud83d\ude00", true)]
    public void Text_MUST_NOT_hold_control_characters_or_noncharacters(string text, bool valid)
    {
        Samples.Builder().Set("ext", text).TryBuild(out _, out var error).ShouldBe(valid);
        (error?.Rule).ShouldBe(valid ? null : CloudEventRule.Text);
        Samples.Builder().Set("subject", "s" + text).TryBuild(out _, out _).ShouldBe(valid);
    }

    [Fact]
    public void Text_MUST_NOT_hold_unpaired_surrogates()
    {
        foreach (var text in new[] { "a" + (char)0xD83D, (char)0xDE00 + "b", "" + (char)0xDE00 + (char)0xD83D })
        {
            Samples.Builder().Set("ext", text).TryBuild(out _, out var error).ShouldBeFalse();
            error!.Rule.ShouldBe(CloudEventRule.Text);
            new CloudEventBuilder(CloudEventStrictness.Upstream).Set("ext", text).Error!.Rule.ShouldBe(CloudEventRule.Text);
        }
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("-0", null)]
    [InlineData("-1", -1)]
    [InlineData("2147483647", int.MaxValue)]
    [InlineData("-2147483648", int.MinValue)]
    [InlineData("2147483648", null)]
    [InlineData("-2147483649", null)]
    [InlineData("+1", null)]
    [InlineData("01", null)]
    [InlineData("1.0", null)]
    [InlineData("1e3", null)]
    [InlineData("", null)]
    [InlineData("-", null)]
    [InlineData(" 1", null)]
    [InlineData("99999999999999999999", null)]
    public void Integers_have_one_canonical_text_within_32_bits(string text, int? value)
    {
        CloudEventValue.String(text).TryGetInteger(out var read).ShouldBe(value is not null);
        if (value is { } number)
        {
            read.ShouldBe(number);
            CloudEventValue.Integer(number).ToString().ShouldBe(text);
            CloudEventValue.Integer(number).TryGetInteger(out var native).ShouldBeTrue();
            native.ShouldBe(number);
        }
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("TRUE", null)]
    [InlineData("1", null)]
    public void Booleans_have_a_case_sensitive_canonical_text(string text, bool? value)
    {
        CloudEventValue.String(text).TryGetBoolean(out var read).ShouldBe(value is not null);
        if (value is { } known) (read, CloudEventValue.Boolean(known).ToString()).ShouldBe((known, text));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("AQID", 3)]
    [InlineData("AQI=", 2)]
    [InlineData("AQ==", 1)]
    [InlineData("AQ=", null)]
    [InlineData("AQ", null)]
    [InlineData("A-_D", null)]
    [InlineData("AQ ID", null)]
    public void Binary_is_base64_with_padding(string text, int? length)
    {
        CloudEventValue.String(text).TryGetBinary()?.Length.ShouldBe(length!.Value);
        (CloudEventValue.String(text).TryGetBinary()?.Length).ShouldBe(length);
        Samples.Builder().Set("ext", CloudEventValue.FromCanonical(CloudEventType.Binary, text)).TryBuild(out _, out var error).ShouldBe(length is not null);
        (error?.Rule).ShouldBe(length is null ? CloudEventRule.Base64 : null);
    }

    [Theory]
    [InlineData("https://github.com/cloudevents", true, true)]
    [InlineData("mailto:cncf-wg-serverless@lists.cncf.io", true, true)]
    [InlineData("urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66", true, true)]
    [InlineData("http://user:pw@[::1]:8080/a;b=c/d?e=f/g?h", true, true)]
    [InlineData("http://x/%41%zz", false, false)]
    [InlineData("http://x/%4", false, false)]
    [InlineData("http://x:8a/", false, false)]
    [InlineData("http://x/a[b]", false, false)]
    [InlineData("http://[::1/", false, false)]
    [InlineData("/cloudevents/spec/pull/123", true, false)]
    [InlineData("//host/path", true, false)]
    [InlineData("1-555-123-4567", true, false)]
    [InlineData("#fragment", true, false)]
    [InlineData("a#b#c", false, false)]
    [InlineData("?query", true, false)]
    [InlineData("", true, false)]
    [InlineData("1abc:def", false, false)]
    [InlineData("a/b:c", true, false)]
    [InlineData(":x", false, false)]
    [InlineData("with space", false, false)]
    [InlineData("back\\slash", false, false)]
    [InlineData("caf\u00e9", false, false)]
    [InlineData("http://x/a#frag", true, false)]
    public void URIs_are_RFC_3986s(string text, bool reference, bool absolute)
    {
        UriSyntax.IsReference(text).ShouldBe(reference);
        UriSyntax.IsAbsolute(text).ShouldBe(absolute);
        Samples.Builder().Set("ext", CloudEventValue.UriReference(text)).TryBuild(out _, out _).ShouldBe(reference);
        Samples.Builder().Set("ext", CloudEventValue.Uri(text)).TryBuild(out _, out _).ShouldBe(absolute);
    }

    [Theory]
    [InlineData("2018-04-05T17:31:00Z", "2018-04-05T17:31:00+00:00")]
    [InlineData("2018-04-05t17:31:00z", "2018-04-05T17:31:00+00:00")]
    [InlineData("2018-04-26T14:48:09+02:00", "2018-04-26T14:48:09+02:00")]
    [InlineData("2018-04-05T03:56:24.123456789Z", "2018-04-05T03:56:24.1234567+00:00")]
    [InlineData("2016-12-31T23:59:60Z", "2017-01-01T00:00:00+00:00")]
    [InlineData("2020-02-29T00:00:00-23:59", "2020-02-29T23:59:00+00:00")]
    [InlineData("2019-02-29T00:00:00Z", null)]
    [InlineData("2018-04-05 17:31:00Z", null)]
    [InlineData("2018-04-05T17:31:00", null)]
    [InlineData("2018-04-05T17:31Z", null)]
    [InlineData("2018-04-05T17:31:00.Z", null)]
    [InlineData("2018-04-05T24:00:00Z", null)]
    [InlineData("2018-13-05T00:00:00Z", null)]
    [InlineData("2018-04-05T17:31:00+0200", null)]
    [InlineData("2018-04-05T17:31:00+24:00", null)]
    [InlineData("18-04-05T17:31:00Z", null)]
    [InlineData("2018-04-05T17:31:0\u0663Z", null)]
    [InlineData("", null)]
    [InlineData("9999-12-31T23:59:60Z", "9999-12-31T23:59:59.9999999+00:00")]
    public void Timestamps_are_RFC_3339s(string text, string? instant)
    {
        CloudEventValue.String(text).TryGetTimestamp(out var read).ShouldBe(instant is not null);
        if (instant is not null) read.ShouldBe(DateTimeOffset.Parse(instant));
        Samples.Builder().Set("time", text).TryBuild(out var made, out var error).ShouldBe(instant is not null);
        (error?.Rule).ShouldBe(instant is null ? CloudEventRule.Timestamp : null);
        // Offset and precision are the sender's, and stay.
        made?.Time.ShouldBe(text);
    }

    [Fact]
    public void Timestamps_are_written_with_capital_letters_and_their_offset()
    {
        CloudEventValue.Timestamp(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)).ToString().ShouldBe("2026-01-02T03:04:05Z");
        CloudEventValue.Timestamp(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 60, TimeSpan.FromHours(-2))).ToString().ShouldBe("2026-01-02T03:04:05.06-02:00");
    }

    [Theory]
    [InlineData("id", CloudEventType.Integer)]
    [InlineData("source", CloudEventType.Boolean)]
    [InlineData("type", CloudEventType.Binary)]
    [InlineData("time", CloudEventType.Integer)]
    [InlineData("subject", CloudEventType.Uri)]
    public void An_attribute_MUST_be_of_its_own_type(string name, CloudEventType type)
    {
        var error = new CloudEventBuilder().Set(name, CloudEventValue.FromCanonical(type, "1")).Error;
        error!.Rule.ShouldBe(CloudEventRule.AttributeType);
        error.Attribute.ShouldBe(name);
    }

    [Fact]
    public void The_number_of_extensions_has_a_limit()
    {
        var builder = Samples.Builder();
        for (var i = 0; i < CloudEventBuilder.MaxExtensions; i++) builder.Set($"x{i}", "v");
        builder.Error.ShouldBeNull();
        builder.Set("onemore", "v").Error!.Rule.ShouldBe(CloudEventRule.Limit);
    }
}
