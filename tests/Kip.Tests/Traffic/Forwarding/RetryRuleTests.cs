using Kip.Traffic.Forwarding;
using Shouldly;

namespace Kip.Tests.Traffic.Forwarding;

public class RetryRuleTests
{
    [Theory]
    [InlineData(ForwardOutcome.ConnectFailed, 1, 0, false, 5)]
    [InlineData(ForwardOutcome.ConnectFailed, 3, 0, false, 20)]
    [InlineData(ForwardOutcome.ConnectFailed, 10, 0, false, 640)]
    [InlineData(ForwardOutcome.ConnectFailed, 3, 0, true, 0)]
    // More dead pods than attempts must not use them all up before anybody has noticed.
    [InlineData(ForwardOutcome.ConnectFailed, 4, 0, true, 5)]
    [InlineData(ForwardOutcome.ConnectFailed, 9, 0, true, 160)]
    // A dying process still takes connections for a moment.
    [InlineData(ForwardOutcome.BrokenBeforeResponse, 0, 1, false, 50)]
    [InlineData(ForwardOutcome.BrokenBeforeResponse, 0, 2, false, 200)]
    [InlineData(ForwardOutcome.BrokenBeforeResponse, 0, 3, false, 800)]
    [InlineData(ForwardOutcome.BrokenBeforeResponse, 0, 4, false, 800)]
    [InlineData(ForwardOutcome.BrokenBeforeResponse, 5, 1, true, 0)]
    // Pods that die together are found out one after the other.
    [InlineData(ForwardOutcome.BrokenBeforeResponse, 0, 2, true, 20)]
    [InlineData(ForwardOutcome.BrokenBeforeResponse, 0, 3, true, 80)]
    [InlineData(ForwardOutcome.BrokenBeforeResponse, 0, 4, true, 320)]
    public void The_next_attempt_waits_where_it_would_meet_the_same_end(ForwardOutcome outcome, int connects, int sends, bool hasOtherPod, int milliseconds) =>
        RetryRule.Pause(outcome, connects, sends, hasOtherPod).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));

    [Theory]
    [InlineData("GET", false, 4, true)]
    [InlineData("GET", false, 5, false)]
    [InlineData("GET", true, 1, false)]
    [InlineData("POST", false, 1, false)]
    [InlineData("PUT", false, 1, false)]
    [InlineData("DELETE", false, 1, false)]
    public void Only_what_is_safe_and_whole_is_sent_again_and_not_for_ever(string method, bool hasBody, int sends, bool again) =>
        RetryRule.MayRetry(ForwardOutcome.BrokenBeforeResponse, 0, sends, method, hasBody).ShouldBe(again);
}
