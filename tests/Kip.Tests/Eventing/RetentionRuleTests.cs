using Kip.Rules.Eventing.Retention;
using Shouldly;

namespace Kip.Tests.Eventing;

public sealed class RetentionRuleTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 10, 0, 0, 0, TimeSpan.Zero);
    private static readonly RetentionPolicy Policy = new() { Bytes = 100, Time = TimeSpan.FromDays(3) };

    // Three pieces of ten events and 30 bytes each, from 9, 5 and 1 days ago.
    private static readonly LogPiece[] Pieces = [new(1, 30, Now.AddDays(-9)), new(11, 30, Now.AddDays(-5)), new(21, 30, Now.AddDays(-1))];

    [Theory]
    [InlineData(31, 100, 11)]
    [InlineData(5, 100, 1)]
    [InlineData(31, 40, 21)]
    [InlineData(15, 80, 11)]
    [InlineData(5, 80, 11)]
    [InlineData(5, 40, 21)]
    public void Old_pieces_go_when_nobody_needs_them_and_needed_ones_only_for_their_size(int needed, long bytes, int before) =>
        RetentionRule.RemoveBefore(Pieces, (ulong)needed, Policy with { Bytes = bytes }, Now).ShouldBe((ulong)before);

    [Fact]
    public void A_log_that_refuses_keeps_what_is_needed()
    {
        var policy = Policy with { Bytes = 40, WhenFull = WhenFull.Refuse };
        RetentionRule.RemoveBefore(Pieces, 5, policy, Now).ShouldBe(1UL);
        RetentionRule.MustRefuse(Pieces, 5, policy).ShouldBeTrue();
        RetentionRule.MustRefuse(Pieces, 15, policy).ShouldBeFalse();
        RetentionRule.MustRefuse(Pieces, 5, policy with { WhenFull = WhenFull.DropOldest }).ShouldBeFalse();
    }

    [Fact]
    public void The_newest_piece_always_stays() =>
        RetentionRule.RemoveBefore(Pieces, 31, Policy with { Bytes = 0, Time = TimeSpan.Zero }, Now).ShouldBe(21UL);
}
