using Kip.Client.Leases;
using Kip.Resources;
using Kip.Resources.Coordination;
using Shouldly;

namespace Kip.Tests.Client.Leases;

public class LeaseRuleTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly LeaseOptions Me = new() { Name = new("kip", "leader"), Identity = "me" };

    [Fact]
    public void A_lease_that_nobody_made_is_made()
    {
        var claim = LeaseRule.Claim(null, Now, Me, Now)!;

        claim.Key.ShouldBe(Me.Name);
        claim.Spec.ShouldBe(new LeaseSpec
        {
            HolderIdentity = "me", LeaseDurationSeconds = 15, AcquireTime = Now, RenewTime = Now, LeaseTransitions = 0,
        });
    }

    [Theory]
    [InlineData("other", 14.9, false)]
    [InlineData("other", 15, true)]
    [InlineData("", 0, true)]
    [InlineData("me", 0, true)]
    public void A_lease_is_taken_over_when_it_is_free_own_or_unchanged_for_its_duration(string holder, double unchangedSeconds, bool claimed) =>
        (LeaseRule.Claim(Held(holder), Now.AddSeconds(-unchangedSeconds), Me, Now) is not null).ShouldBe(claimed);

    [Fact]
    public void The_holders_own_clock_does_not_count()
    {
        var future = Held("other") with { Spec = Held("other").Spec with { RenewTime = Now.AddYears(1) } };
        LeaseRule.Claim(future, Now.AddSeconds(-15), Me, Now).ShouldNotBeNull();
    }

    [Fact]
    public void Taking_over_counts_a_transition_and_renewing_does_not()
    {
        var taken = LeaseRule.Claim(Held("other"), Now.AddHours(-1), Me, Now)!;
        taken.Spec.LeaseTransitions.ShouldBe(4);
        taken.Spec.AcquireTime.ShouldBe(Now);
        taken.Metadata.ResourceVersion.ShouldBe("7");

        var renewed = LeaseRule.Claim(Held("me"), Now, Me, Now)!;
        renewed.Spec.LeaseTransitions.ShouldBe(3);
        renewed.Spec.AcquireTime.ShouldBe(Now.AddHours(-2));
        renewed.Spec.RenewTime.ShouldBe(Now);
    }

    [Fact]
    public void Only_the_holder_gives_it_up()
    {
        LeaseRule.Release(Held("other"), Me, Now).ShouldBeNull();
        LeaseRule.Release(null, Me, Now).ShouldBeNull();
        LeaseRule.Release(Held("me"), Me, Now)!.Spec.HolderIdentity.ShouldBeNull();
    }

    private static Lease Held(string holder) => new()
    {
        Metadata = new ObjectMeta { Name = "leader", Namespace = "kip", ResourceVersion = "7" },
        Spec = new LeaseSpec
        {
            HolderIdentity = holder, LeaseDurationSeconds = 15, AcquireTime = Now.AddHours(-2), RenewTime = Now.AddHours(-1), LeaseTransitions = 3,
        },
    };
}
