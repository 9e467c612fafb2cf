using Kip.Testing.Time;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Kip.Tests.Traffic.Activation;

/// <summary>What the autoscaler hears of a revision, second by second of a clock that the test moves.</summary>
public sealed class ReportingTests : GatewayTest
{
    private readonly ManualTimeProvider _time = new();

    protected override TimeProvider Time => _time;

    [Fact]
    public async Task An_active_revision_is_reported_until_it_is_idle_and_then_no_more()
    {
        await ServeAsync(static context => context.Response.WriteAsync("ok"));
        for (var i = 0; i < 5; i++) await GetTextAsync();
        await Eventually(() => Bed.Gateway.RequestsInFlight == 0);

        (await Bed.Stats.ReadAsync(Cancel)).RequestCount.ShouldBe(1, "the first is told at once");
        (await NextSecondAsync()).RequestCount.ShouldBe(4);
        (await NextSecondAsync()).ShouldSatisfyAllConditions(static s => s.RequestCount.ShouldBe(0), static s => s.AverageConcurrentRequests.ShouldBe(0));

        _time.Advance(TimeSpan.FromSeconds(10));
        await GetTextAsync();
        (await Bed.Stats.ReadAsync(Cancel)).RequestCount.ShouldBe(1, "nothing was told of the seconds in which nothing happened");
    }

    private async Task<Kip.Rules.Scaling.RevisionStat> NextSecondAsync()
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        return await Bed.Stats.ReadAsync(Cancel);
    }
}
