using Kip.Rules.Eventing.Delivery;
using Shouldly;

namespace Kip.Tests.Eventing.Delivery;

public sealed class RetryScheduleTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, "PT1S", 1, 0)]
    [InlineData("linear", null, 3, 0)]
    [InlineData("linear", "PT1S", 1, 1)]
    [InlineData("linear", "PT1S", 2, 2)]
    [InlineData("linear", "PT0.5S", 4, 2)]
    [InlineData("exponential", "PT0.2S", 1, 0.2)]
    [InlineData("exponential", "PT0.2S", 2, 0.4)]
    [InlineData("exponential", "PT0.2S", 10, 102.4)]
    [InlineData("exponential", "PT1H", 60, 86400)]
    public void The_wait_grows_by_the_policy(string? policy, string? delay, int retry, double seconds) =>
        RetrySchedule.DelayBefore(retry, Policy(policy, delay)).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData(429, "7", "PT10S", 7)]
    [InlineData(503, "7", "PT10S", 7)]
    [InlineData(503, "70", "PT10S", 10)]
    [InlineData(503, "1", "PT10S", 2)]
    [InlineData(500, "7", "PT10S", 2)]
    [InlineData(503, "7", "PT0S", 2)]
    [InlineData(503, "7", null, 2)]
    [InlineData(503, "soon", "PT10S", 2)]
    [InlineData(503, "Thu, 01 Jan 2026 00:00:05 GMT", "PT10S", 5)]
    [InlineData(503, "Wed, 31 Dec 2025 23:00:00 GMT", "PT10S", 2)]
    public void RetryAfter_counts_up_to_its_limit_for_429_and_503(int status, string header, string? longest, double seconds) =>
        RetrySchedule.DelayBefore(
            2, Policy("linear", "PT1S") with { RetryAfterMax = DeliveryPolicy.Of(null, null, null, null, longest, null).RetryAfterMax }, status,
            header, Now)
            .ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData(200, Verdict.Delivered)]
    [InlineData(202, Verdict.Delivered)]
    [InlineData(299, Verdict.Delivered)]
    [InlineData(301, Verdict.Fail)]
    [InlineData(400, Verdict.Fail)]
    [InlineData(401, Verdict.Fail)]
    [InlineData(403, Verdict.Fail)]
    [InlineData(404, Verdict.Retry)]
    [InlineData(408, Verdict.Retry)]
    [InlineData(409, Verdict.Retry)]
    [InlineData(410, Verdict.Fail)]
    [InlineData(422, Verdict.Fail)]
    [InlineData(429, Verdict.Retry)]
    [InlineData(500, Verdict.Retry)]
    [InlineData(503, Verdict.Retry)]
    [InlineData(DeliveryOutcome.NoAnswer, Verdict.Retry)]
    public void Statuses_mean_what_the_delivery_contract_says(int status, Verdict verdict) => DeliveryOutcome.Of(status).ShouldBe(verdict);

    [Theory]
    [InlineData(null, 255)]
    [InlineData("many", 255)]
    [InlineData("255", 254)]
    [InlineData("2", 1)]
    [InlineData("1", 0)]
    [InlineData("0", 0)]
    [InlineData("-5", 0)]
    [InlineData("100000", 255)]
    public void The_time_to_live_falls_by_one_and_never_below_zero(string? text, int next) => TimeToLive.Next(text).ShouldBe(next);

    [Theory]
    [InlineData("X-Request-ID", true)]
    [InlineData("knative-hello", true)]
    [InlineData("X-B3-TraceId", true)]
    [InlineData("Kn-Namespace", false)]
    [InlineData("Authorization", false)]
    [InlineData("Retry-After", false)]
    [InlineData("ce-id", false)]
    public void Only_Knatives_and_tracing_headers_travel(string name, bool travels) => DeliveryHeaders.IsForwarded(name).ShouldBe(travels);

    [Fact]
    public void Error_data_is_base64_of_at_most_1024_characters_that_decodes()
    {
        ErrorExtensions.DataOf("nope"u8).ShouldBe("bm9wZQ==");
        ErrorExtensions.DataOf([]).ShouldBeNull();
        var data = ErrorExtensions.DataOf(new byte[5000])!;
        data.Length.ShouldBe(1024);
        Convert.FromBase64String(data).Length.ShouldBe(768);
    }

    private static DeliveryPolicy Policy(string? policy, string? delay) => DeliveryPolicy.Of(10, policy, delay, null, null, null);
}
