using Kip.Rules.Serving.Rollouts;
using Shouldly;

namespace Kip.Tests.Serving.Routes;

public class RolloutPlannerTests
{
    private const long Second = 1_000_000_000;

    private static Rollout Of(int percent, params (string Revision, int Percent)[] revisions) => With(default, percent, revisions);

    private static Rollout With(RolloutStep step, int percent, params (string Revision, int Percent)[] revisions) => new(
    [
        new ConfigurationRollout
        {
            ConfigurationName = "c", Percent = percent, Step = step, Revisions = [.. revisions.Select(static r => new RevisionPercent(r.Revision, r.Percent))],
        },
    ]);

    private static string Show(Rollout rollout) =>
        string.Join(' ', rollout.Configurations.SelectMany(static c => c.Revisions).Select(static r => $"{r.RevisionName}={r.Percent}"));

    private static Rollout Next(Rollout goal, Rollout before, long now = 5 * Second) => RolloutPlanner.Next(goal, before, static _ => true, now);

    [Fact]
    public void A_new_revision_begins_with_one_percent_taken_from_the_newest()
    {
        var next = Next(Of(100, ("b", 100)), Of(100, ("a", 100)));

        Show(next).ShouldBe("a=99 b=1");
        next.Configurations[0].Step.ShouldBe(new RolloutStep(5 * Second, 0, 0, 0));
        Next(Of(100, ("b", 100)), next).ShouldBe(next, "nothing moves before it is served");
    }

    [Fact]
    public void Another_one_in_the_middle_begins_again_with_what_the_last_had() =>
        Show(Next(Of(100, ("c", 100)), With(new(1, 9, 3, 20), 100, ("a", 60), ("b", 40)))).ShouldBe("a=60 b=39 c=1");

    [Fact]
    public void One_that_had_its_first_percent_only_is_passed_over() => Show(Next(Of(100, ("c", 100)), Of(100, ("a", 99), ("b", 1)))).ShouldBe("a=99 c=1");

    [Fact]
    public void What_is_new_or_has_no_or_one_percent_goes_straight_there()
    {
        Show(Next(Of(100, ("b", 100)), Rollout.None)).ShouldBe("b=100");
        Show(Next(Of(1, ("b", 1)), Of(1, ("a", 1)))).ShouldBe("b=1");
        Next(Of(0, ("b", 0)), Of(100, ("a", 100))).Configurations.ShouldBeEmpty();
    }

    // minStep = the time until it was served; the rest of the time in steps of that length, at most as many as there are percents.
    [Theory]
    [InlineData(1.0, 120, 119.0, 1)]     // 119 s left, 119 steps, but only 99 percents
    [InlineData(10.0, 120, 110.0, 11)]
    [InlineData(200.0, 120, 1.0, 1)]
    public void The_pace_follows_from_how_long_the_first_percent_took(double took, int duration, double left, int mostSteps)
    {
        var begun = With(new(Second, 0, 0, 0), 100, ("a", 99), ("b", 1));

        var step = RolloutPlanner.Observed(begun, TimeSpan.FromSeconds(duration), Second + (long)(took * Second)).Configurations[0].Step;

        var steps = Math.Min(99, Math.Max(1, (int)(left / Math.Max(1, took))));
        if (mostSteps > 1) steps.ShouldBe(mostSteps);
        step.StepSize.ShouldBe((int)Math.Round(99.0 / steps));
        step.StepDuration.ShouldBe((long)left * Second / steps);
        step.NextStepTime.ShouldBe(Second + (long)(took * Second) + step.StepDuration);
    }

    [Fact]
    public void Each_step_drains_the_newest_predecessor_first_and_ends_at_the_goal()
    {
        var state = With(new(1, 5 * Second, 3 * Second, 30), 100, ("a", 60), ("b", 39), ("c", 1));
        state = Next(Of(100, ("c", 100)), state);
        Show(state).ShouldBe("a=60 b=9 c=31");
        state.Configurations[0].Step.NextStepTime.ShouldBe(8 * Second);
        Next(Of(100, ("c", 100)), state, 7 * Second).ShouldBe(state, "not before its time");
        state = Next(Of(100, ("c", 100)), state, 8 * Second);
        Show(state).ShouldBe("a=39 c=61");
        state = Next(Of(100, ("c", 100)), state, 11 * Second);
        Show(state).ShouldBe("a=9 c=91");
        state = Next(Of(100, ("c", 100)), state, 14 * Second);
        Show(state).ShouldBe("c=100");
        (state.IsInProgress, state.NextStepTime, state.Configurations[0].Step).ShouldBe((false, 0, default));
    }

    [Fact]
    public void A_larger_share_goes_to_the_newest_a_smaller_one_comes_from_the_oldest()
    {
        var state = With(new(1, 9 * Second, 3, 5), 50, ("a", 30), ("b", 20));
        Show(Next(Of(70, ("b", 70)), state)).ShouldBe("a=30 b=40");
        Show(Next(Of(30, ("b", 30)), state)).ShouldBe("a=10 b=20");
        Show(Next(Of(15, ("b", 15)), state)).ShouldBe("b=15");
    }

    [Fact]
    public void What_a_deleted_revision_had_goes_to_the_newest() =>
        Show(RolloutPlanner.Next(Of(100, ("c", 100)), With(new(1, 9 * Second, 3, 5), 100, ("a", 50), ("b", 30), ("c", 20)), static r => r != "a", Second))
            .ShouldBe("b=30 c=70");

    [Fact]
    public void The_state_survives_as_text_and_nonsense_counts_as_none()
    {
        var state = With(new(1, 2, 3, 4), 100, ("a", 60), ("b", 40));
        RolloutJson.Read(RolloutJson.Write(state)).ShouldBe(state);
        RolloutJson.Write(state).ShouldBe(
            """{"configurations":[{"configurationName":"c","percent":100,"revisions":"""
            + """[{"revisionName":"a","percent":60},{"revisionName":"b","percent":40}],"stepParams":"""
            + """{"starttime":1,"nextStepTime":2,"stepDuration":3,"stepSize":4}}]}""");
        foreach (var text in (string?[])[null, "", "{", "[]", "7", """{"configurations":7}""",
            """{"configurations":[{"configurationName":"c","percent":100,"revisions":[]}]}""",
            RolloutJson.Write(Of(100, ("a", 60))), RolloutJson.Write(Of(200, ("a", 200))), RolloutJson.Write(With(new(1, 2, 3, 400), 100, ("a", 100)))])
            RolloutJson.Read(text).ShouldBe(Rollout.None, text);
    }

    [Fact]
    public void Whatever_happens_the_shares_add_up_and_the_end_is_the_goal()
    {
        var random = new Random(7);
        for (var run = 0; run < 30; run++)
        {
            var (state, now, revision, percent) = (Of(100, ("r0", 100)), Second, 0, 100);
            for (var i = 0; i < 100; i++)
            {
                now += random.Next(1, 4) * Second;
                if (random.Next(12) == 0) revision++;
                if (random.Next(12) == 0) percent = random.Next(1, 101);
                var goal = Of(percent, ($"r{revision}", percent));
                state = RolloutPlanner.Next(goal, state, static _ => true, now);
                if (random.Next(2) == 0) state = RolloutPlanner.Observed(state, TimeSpan.FromSeconds(30), now);
                var one = state.Configurations.ShouldHaveSingleItem();
                one.Revisions.Sum(static r => r.Percent).ShouldBe(percent);
                one.Revisions.ShouldAllBe(static r => r.Percent > 0);
                one.Revisions[^1].RevisionName.ShouldBe($"r{revision}");
                RolloutJson.Read(RolloutJson.Write(state)).ShouldBe(state);
            }
            for (var i = 0; i < 200 && state.IsInProgress; i++)
            {
                state = RolloutPlanner.Observed(state, TimeSpan.FromSeconds(30), now += Second);
                state = RolloutPlanner.Next(Of(percent, ($"r{revision}", percent)), state, static _ => true, now);
            }
            Show(state).ShouldBe($"r{revision}={percent}");
        }
    }
}
