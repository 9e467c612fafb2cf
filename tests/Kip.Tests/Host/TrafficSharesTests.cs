using Kip.Host.CommandLine;
using Kip.Host.Commands;
using Kip.Host.Commands.Traffic;
using Kip.Resources;
using Kip.Resources.Serving;
using Shouldly;

namespace Kip.Tests.Host;

public class TrafficSharesTests
{
    [Fact]
    public void Shares_become_targets_in_the_order_given()
    {
        var targets = TrafficShares.Parse(["hello-00001=90", "@latest=10%"], []);

        targets.ShouldBe(
        [
            new TrafficTarget { RevisionName = "hello-00001", LatestRevision = false, Percent = 90 },
            new TrafficTarget { LatestRevision = true, Percent = 10 },
        ]);
    }

    [Fact]
    public void Tags_keep_their_address_and_lose_their_share()
    {
        ValueList<TrafficTarget> present =
        [
            new() { RevisionName = "a", Percent = 40 },
            new() { RevisionName = "b", Percent = 60, Tag = "next", Url = "http://next-a" },
        ];

        TrafficShares.Parse(["@latest=100"], present).ShouldBe(
        [
            new TrafficTarget { LatestRevision = true, Percent = 100 },
            new TrafficTarget { RevisionName = "b", Percent = 0, Tag = "next" },
        ]);
    }

    [Theory]
    [InlineData("the shares sum to 90, want 100", "a=90")]
    [InlineData("the shares sum to 110, want 100", "a=90", "b=20")]
    [InlineData("a is named twice; give each revision one share", "a=50", "a=50")]
    [InlineData("@latest is named twice; give each revision one share", "@latest=50", "@latest=50")]
    [InlineData("\"a\" is not REV=PCT, e.g. hello-00001=90 or @latest=10", "a")]
    [InlineData("\"=100\" is not REV=PCT, e.g. hello-00001=90 or @latest=10", "=100")]
    [InlineData("\"a=all\" is not REV=PCT, e.g. hello-00001=90 or @latest=10", "a=all")]
    [InlineData("\"a=-1\" is not REV=PCT, e.g. hello-00001=90 or @latest=10", "a=-1", "b=101")]
    [InlineData("\"a=101\" is not REV=PCT, e.g. hello-00001=90 or @latest=10", "a=101")]
    public void A_share_that_cannot_be_meant_is_told(string message, params string[] shares) =>
        Should.Throw<CommandFailure>(() => TrafficShares.Parse(shares, [])).Message.ShouldBe(message);
}
