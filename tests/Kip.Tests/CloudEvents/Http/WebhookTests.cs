using Kip.CloudEvents.Http;
using Shouldly;

namespace Kip.Tests.CloudEvents.Http;

/// <summary>HTTP 1.1 Web Hooks for Event Delivery.</summary>
public class WebhookTests
{
    [Theory]
    [InlineData("eventemitter.example.com", null, null, "eventemitter.example.com", "*")]
    [InlineData("eventemitter.example.com", null, "120", "eventemitter.example.com", "120")]
    [InlineData("eventemitter.example.com", "https://a/b?c", "1", "eventemitter.example.com", "1")]
    public void Whoever_is_welcome_is_granted_with_a_rate(string origin, string? callback, string? rate, string allowed, string allowedRate)
    {
        var answer = WebhookHandshake.Answer(origin, callback, rate, WebhookPolicy.Open);
        answer.ShouldBe(new(200, allowed, allowedRate));
        WebhookHandshake.IsGranted(origin, rate is not null, answer.AllowedOrigin, answer.AllowedRate, out _).ShouldBeTrue();
    }

    [Fact]
    public void A_target_may_grant_less_than_is_asked_and_MUST_NOT_grant_strangers()
    {
        var policy = new WebhookPolicy(["a.example.com"], MaxRate: 100);
        WebhookHandshake.Answer("A.example.com", null, "500", policy).AllowedRate.ShouldBe("100");
        WebhookHandshake.Answer("a.example.com", null, "50", policy).AllowedRate.ShouldBe("50");
        WebhookHandshake.Answer("a.example.com", null, null, policy).AllowedRate.ShouldBe("100");
        WebhookHandshake.Answer("b.example.com", null, null, policy).ShouldBe(new(200, null, null));
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("", null, null)]
    [InlineData("not a name", null, null)]
    [InlineData("-x.com", null, null)]
    [InlineData("a.com", "http://plain/", null)]
    [InlineData("a.com", "/relative", null)]
    [InlineData("a.com", null, "0")]
    [InlineData("a.com", null, "-5")]
    [InlineData("a.com", null, "1.5")]
    [InlineData("a.com", null, "many")]
    public void A_request_that_is_no_handshake_is_400_and_grants_nothing(string? origin, string? callback, string? rate)
    {
        var answer = WebhookHandshake.Answer(origin, callback, rate, WebhookPolicy.Open);
        answer.Status.ShouldBe(400);
        answer.AllowedOrigin.ShouldBeNull();
        answer.Error.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(false, "a.com", null, true, null)]
    [InlineData(false, "*", "*", true, null)]
    [InlineData(true, "A.COM", "60", true, 60)]
    [InlineData(true, "a.com", null, false, null)]
    [InlineData(false, "b.com", "*", false, null)]
    [InlineData(false, null, "*", false, null)]
    [InlineData(false, "a.com", "0", false, null)]
    [InlineData(false, "a.com", "soon", false, null)]
    public void Only_the_headers_are_consent(bool rateRequested, string? origin, string? rate, bool granted, int? perMinute)
    {
        WebhookHandshake.IsGranted("a.com", rateRequested, origin, rate, out var allowed).ShouldBe(granted);
        allowed.ShouldBe(perMinute);
    }

    [Theory]
    [InlineData("https://x/y", "POST", "application/json", 1, true)]
    [InlineData("http://x/y", "POST", "application/json", 1, false)]
    [InlineData("https://x/y", "PUT", "application/json", 1, false)]
    [InlineData("https://x/y", "POST", null, 1, false)]
    [InlineData("https://x/y", "POST", "application/json", 0, false)]
    public void A_delivery_MUST_be_a_POST_by_https_with_a_body_and_its_type(string url, string method, string? contentType, int length, bool valid) =>
        (WebhookDelivery.Check(url, method, contentType, length) is null).ShouldBe(valid);

    [Theory]
    [InlineData(200, WebhookOutcome.Processed)]
    [InlineData(201, WebhookOutcome.Processed)]
    [InlineData(202, WebhookOutcome.Accepted)]
    [InlineData(204, WebhookOutcome.Processed)]
    [InlineData(301, WebhookOutcome.Redirected)]
    [InlineData(307, WebhookOutcome.Redirected)]
    [InlineData(400, WebhookOutcome.Failed)]
    [InlineData(410, WebhookOutcome.Retired)]
    [InlineData(415, WebhookOutcome.NotUnderstood)]
    [InlineData(429, WebhookOutcome.Throttled)]
    [InlineData(503, WebhookOutcome.Failed)]
    public void The_status_says_what_became_of_it(int status, WebhookOutcome outcome) => WebhookDelivery.Interpret(status).ShouldBe(outcome);

    [Theory]
    [InlineData("Bearer abc", "", "abc")]
    [InlineData("bearer abc", "access_token=other", "abc")]
    [InlineData(null, "?a=b&access_token=a%2Bb", "a+b")]
    [InlineData("Basic abc", "?a=b", null)]
    public void A_target_MUST_understand_both_ways_to_send_a_token(string? authorization, string query, string? token) =>
        WebhookDelivery.TokenOf(authorization, query).ShouldBe(token);
}
