using Kip.Resources.Core;
using Kip.Runtime.Probes;
using Shouldly;

namespace Kip.Tests.Runtime.Probes;

public class ProbeRulesTests
{
    private static readonly ProbeSettings Settings = ProbeSettings.Of(new Probe());

    [Fact]
    public void What_a_probe_does_not_say_is_as_in_Kubernetes() => Settings.ShouldBe(
        new ProbeSettings(TimeSpan.Zero, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), SuccessThreshold: 1, FailureThreshold: 3));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(320, 10)]
    [InlineData(10_000, 50)]
    public void A_program_that_comes_up_is_asked_in_a_loop_that_grows_from_1_to_50_ms(int elapsed, int wait) =>
        ProbeSchedule.Wait(Settings, comingUp: true, TimeSpan.FromMilliseconds(elapsed), startsProgram: false).ShouldBe(TimeSpan.FromMilliseconds(wait));

    [Fact]
    public void Never_less_often_than_once_per_period() => ProbeSchedule.Wait(
        Settings with { Period = TimeSpan.FromMilliseconds(5) }, comingUp: true, TimeSpan.FromSeconds(10), startsProgram: false)
        .ShouldBe(TimeSpan.FromMilliseconds(5));

    [Fact]
    public void One_that_is_up_is_asked_once_per_period() =>
        ProbeSchedule.Wait(Settings, comingUp: false, TimeSpan.FromMilliseconds(5), startsProgram: false).ShouldBe(TimeSpan.FromSeconds(10));

    [Fact]
    public void A_probe_that_starts_a_program_is_asked_less_often() =>
        ProbeSchedule.Wait(Settings, comingUp: true, TimeSpan.Zero, startsProgram: true).ShouldBe(TimeSpan.FromMilliseconds(20));

    [Theory]
    [InlineData("+", true)]
    [InlineData("-", null)]
    [InlineData("--", null)]
    [InlineData("---", false)]
    [InlineData("--+", true)]
    [InlineData("+--", true)]
    [InlineData("+---", false)]
    [InlineData("+---+", true)]
    [InlineData("+--+--", true)]
    public void Three_failures_in_a_row_or_one_success_make_a_verdict(string answers, bool? verdict) =>
        answers.Aggregate(new ProbeJudge(), static (judge, answer) => judge.Next(answer == '+', Settings)).Verdict.ShouldBe(verdict);

    [Theory]
    [InlineData("++", null)]
    [InlineData("+++", true)]
    [InlineData("++-+", null)]
    public void Several_successes_may_be_wanted(string answers, bool? verdict) =>
        answers.Aggregate(new ProbeJudge(), static (judge, answer) => judge.Next(answer == '+', Settings with { SuccessThreshold = 3 }))
            .Verdict.ShouldBe(verdict);

    [Theory]
    [InlineData(29, false)]
    [InlineData(30, true)]
    public void A_startup_probe_fails_when_its_failures_would_have_run_out(int seconds, bool failed) =>
        ProbeSchedule.HasFailedToStart(Settings, TimeSpan.FromSeconds(seconds)).ShouldBe(failed);
}
