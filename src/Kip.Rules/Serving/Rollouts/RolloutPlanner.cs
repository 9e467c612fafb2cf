using Kip.Resources;

namespace Kip.Rules.Serving.Rollouts;

/// <summary>Moves traffic to a new latest Revision in equal steps over a given time, instead of at once.</summary>
/// <remarks>Time alone drives it: how the new Revision does is not looked at.</remarks>
public static class RolloutPlanner
{
    private const long Second = 1_000_000_000;

    /// <summary>The state after the one before: started, continued, or at its goal.</summary>
    /// <param name="goal">Where each Configuration's traffic is to go: one Revision each.</param>
    /// <param name="before">The state so far.</param>
    /// <param name="isLive">Whether a Revision can still serve; what one that cannot had goes to the newest.</param>
    /// <param name="now">Nanoseconds since 1970.</param>
    public static Rollout Next(Rollout goal, Rollout before, Func<string, bool> isLive, long now) =>
        new(goal.Configurations.Where(static g => g.Percent > 0)
            .Select(g => before.Find(g.Tag, g.ConfigurationName) is { } state ? Next(g, Living(state, isLive), now) : g).ToValueList());

    /// <summary>The state once the gateway serves it: a rollout that has begun learns its pace from how long that took.</summary>
    /// <param name="duration">What the whole is to take.</param>
    public static Rollout Observed(Rollout rollout, TimeSpan duration, long now) =>
        new(rollout.Configurations.Select(c => c.Step is { StartTime: > 0, StepDuration: 0 } && c.Revisions.Count > 1
            ? c with { Step = Pace(c, duration, now) }
            : c).ToValueList());

    private static ConfigurationRollout Next(ConfigurationRollout goal, ConfigurationRollout state, long now)
    {
        if (state.Revisions.IsEmpty || goal.Percent == 1) return goal;
        state = WithPercent(state, goal.Percent);
        if (state.Revisions.IsEmpty) return goal;
        var newest = goal.Revisions[^1].RevisionName;
        if (state.Revisions[^1].RevisionName != newest) return Start(state, newest, now);
        return state.Step.StepDuration > 0 && state.Step.NextStepTime <= now ? Step(state, now) : Settled(state);
    }

    private static ConfigurationRollout Start(ConfigurationRollout state, string newest, long now)
    {
        // Back to one that still has a share: it is the newest now, with what it has.
        var revisions = state.Revisions.Where(r => r.RevisionName != newest).ToList();
        var kept = state.Revisions.Where(r => r.RevisionName == newest).Sum(static r => r.Percent);
        if (kept == 0)
        {
            revisions[^1] = revisions[^1] with { Percent = revisions[^1].Percent - 1 };
            kept = 1;
        }
        revisions.Add(new RevisionPercent(newest, kept));
        return Settled(state with
        {
            Revisions = [.. revisions.Where(static r => r.Percent > 0)], Step = new RolloutStep(StartTime: now, 0, 0, 0),
        });
    }

    private static ConfigurationRollout Step(ConfigurationRollout state, long now)
    {
        var revisions = state.Revisions.ToList();
        var rest = Math.Min(state.Step.StepSize, state.Percent - revisions[^1].Percent);
        revisions[^1] = revisions[^1] with { Percent = revisions[^1].Percent + rest };
        for (var i = revisions.Count - 2; i >= 0 && rest > 0; i--)
        {
            var taken = Math.Min(rest, revisions[i].Percent);
            revisions[i] = revisions[i] with { Percent = revisions[i].Percent - taken };
            rest -= taken;
        }
        return Settled(state with
        {
            Revisions = [.. revisions.Where(static r => r.Percent > 0)],
            Step = state.Step with { NextStepTime = now + state.Step.StepDuration },
        });
    }

    private static RolloutStep Pace(ConfigurationRollout one, TimeSpan duration, long now)
    {
        var took = Math.Max(1, (now - one.Step.StartTime + Second - 1) / Second);
        var left = Math.Max(1, (long)duration.TotalSeconds - took);
        var steps = Math.Max(1, Math.Min(Math.Max(1, left / took), one.Percent - 1));
        var size = (int)Math.Round((one.Percent - 1) / (double)steps, MidpointRounding.AwayFromZero);
        var pause = left * Second / steps;
        return one.Step with { StepDuration = pause, StepSize = size, NextStepTime = now + pause };
    }

    // More goes to the newest, less is taken from the oldest.
    private static ConfigurationRollout WithPercent(ConfigurationRollout state, int percent)
    {
        if (state.Percent == percent) return state;
        var revisions = state.Revisions.ToList();
        var change = percent - state.Percent;
        if (change > 0) revisions[^1] = revisions[^1] with { Percent = revisions[^1].Percent + change };
        for (var i = 0; change < 0 && i < revisions.Count; i++)
        {
            var taken = Math.Min(-change, revisions[i].Percent);
            revisions[i] = revisions[i] with { Percent = revisions[i].Percent - taken };
            change += taken;
        }
        return Settled(state with { Percent = percent, Revisions = [.. revisions.Where(static r => r.Percent > 0)] });
    }

    private static ConfigurationRollout Living(ConfigurationRollout state, Func<string, bool> isLive)
    {
        if (state.Revisions.All(r => isLive(r.RevisionName))) return state;
        var living = state.Revisions.Where(r => isLive(r.RevisionName)).ToList();
        if (living.Count == 0) return state with { Revisions = [] };
        living[^1] = living[^1] with { Percent = living[^1].Percent + state.Percent - living.Sum(static r => r.Percent) };
        return Settled(state with { Revisions = [.. living] });
    }

    private static ConfigurationRollout Settled(ConfigurationRollout state) =>
        state.Revisions.Count > 1 || state.Step == default ? state : state with { Step = default };
}
