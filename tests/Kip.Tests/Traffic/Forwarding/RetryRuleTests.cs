using Kip.Traffic.Forwarding;
using Shouldly;

namespace Kip.Tests.Traffic.Forwarding;

public class RetryRuleTests
{
    [Theory]
    [InlineData(ForwardOutcome.ConnectFailed, 1, false, 5)]
    [InlineData(ForwardOutcome.ConnectFailed, 3, false, 20)]
    [InlineData(ForwardOutcome.ConnectFailed, 10, false, 640)]
    [InlineData(ForwardOutcome.ConnectFailed, 1, true, 0)]
    // A dying process still takes connections for a moment.
    [InlineData(ForwardOutcome.BrokenBeforeResponse, 0, false, 20)]
    [InlineData(ForwardOutcome.BrokenBeforeResponse, 0, true, 0)]
    public void The_next_attempt_waits_where_it_would_meet_the_same_pod(ForwardOutcome outcome, int connects, bool hasOtherPod, int milliseconds) =>
        RetryRule.Pause(outcome, connects, hasOtherPod).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));
}
