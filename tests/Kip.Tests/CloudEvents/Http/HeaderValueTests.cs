using FsCheck;
using FsCheck.Fluent;
using Kip.CloudEvents;
using Kip.CloudEvents.Http;
using Shouldly;

namespace Kip.Tests.CloudEvents.Http;

/// <summary>HTTP binding, section 3.1.3.2.</summary>
public class HeaderValueTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("!#$&'()*+,-./:;<=>?@[\\]^_`{|}~", "!#$&'()*+,-./:;<=>?@[\\]^_`{|}~")]
    [InlineData("Euro \u20ac \U0001f600", "Euro%20%E2%82%AC%20%F0%9F%98%80")]
    [InlineData("\"", "%22")]
    [InlineData("100%", "100%25")]
    [InlineData("%20", "%2520")]
    [InlineData("", "")]
    public void Space_quote_percent_and_all_beyond_ASCII_MUST_be_encoded_from_UTF8_in_upper_case(string text, string header)
    {
        HeaderValue.Encode(text).ShouldBe(header);
        Decoded(header).ShouldBe(text);
        Message.Binary(Samples.Builder().Set("ext", text).Build()).Headers["ce-ext"].ShouldBe(header);
        Samples.Http(("ce-ext", header)).Read().TryGetExtension("ext", out var value).ShouldBeTrue();
        value.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData("%e2%82%ac", "\u20ac")]
    [InlineData("%41bc", "Abc")]
    [InlineData("%2541", "%41")]
    [InlineData("100%", "100%")]
    [InlineData("50% off", "50% off")]
    [InlineData("%4", "%4")]
    [InlineData("\u20ac", "\u20ac")]
    public void Decoding_MUST_be_one_round_and_takes_what_need_not_be_encoded(string header, string text) => Decoded(header).ShouldBe(text);

    [Theory]
    [InlineData("%C0%A0")]
    [InlineData("%E2%82")]
    [InlineData("%80")]
    [InlineData("%ED%A0%80")]
    [InlineData("%F5%80%80%80")]
    [InlineData("a%FFb")]
    public void What_is_not_UTF8_MUST_make_the_message_invalid(string header)
    {
        HeaderValue.TryDecode(header, CloudEventStrictness.Specification, out _).ShouldBeFalse();
        var error = Samples.Http(("ce-ext", header)).Refusal();
        error.Rule.ShouldBe(CloudEventRule.HeaderEncoding);
        error.Attribute.ShouldBe("ext");
    }

    [Theory]
    [InlineData("\"a b\"", "a b", "a b")]
    [InlineData("\"a \\\"b\\\\\"", "a \"b\\", "a \"b\\")]
    [InlineData("x\"y z\"", "xy z", "x\"y z\"")]
    [InlineData("{\"a\":1}", "{a:1}", "{\"a\":1}")]
    [InlineData("\"%20\"", " ", " ")]
    public void Quoted_parts_of_older_senders_MUST_be_unquoted(string header, string text, string upstream)
    {
        Decoded(header).ShouldBe(text);
        HeaderValue.TryDecode(header, CloudEventStrictness.Upstream, out var lenient).ShouldBeTrue();
        lenient.ShouldBe(upstream);
    }

    [Fact]
    public void Any_text_comes_back_and_its_header_is_plain_ASCII() =>
        Prop.ForAll<NonNull<string>>(any =>
        {
            var text = any.Get;
            if (!Kip.CloudEvents.Syntax.CanonicalText.IsWellFormed(text)) return;
            var header = HeaderValue.Encode(text);
            header.Any(c => c is <= ' ' or >= '\x7F' or '"').ShouldBeFalse(header);
            Decoded(header).ShouldBe(text);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    private static string Decoded(string header)
    {
        HeaderValue.TryDecode(header, CloudEventStrictness.Specification, out var text).ShouldBeTrue();
        return text!;
    }
}
