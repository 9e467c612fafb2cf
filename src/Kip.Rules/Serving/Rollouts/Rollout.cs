using Kip.Resources;

namespace Kip.Rules.Serving.Rollouts;

/// <summary>How the traffic of a Route's latest Revisions is spread now, while it moves to the newest ones step by step.</summary>
/// <remarks>Kept as JSON in an annotation of the Ingress (<see cref="RolloutJson"/>), in Knative's form.</remarks>
public sealed record Rollout(ValueList<ConfigurationRollout> Configurations)
{
    public static readonly Rollout None = new([]);

    /// <summary>Whether any traffic still goes to a Revision that is not the newest.</summary>
    public bool IsInProgress => Configurations.Any(static c => c.Revisions.Count > 1);

    /// <summary>When the next step is due, in nanoseconds since 1970; 0 when none is.</summary>
    public long NextStepTime => Configurations.Where(static c => c.Revisions.Count > 1 && c.Step.NextStepTime > 0)
        .Select(static c => c.Step.NextStepTime).DefaultIfEmpty(0).Min();

    /// <summary>The share of one Configuration under a tag (empty: the Route's own name); null when it has none.</summary>
    public ConfigurationRollout? Find(string tag, string configuration)
    {
        foreach (var one in Configurations)
            if (one.Tag == tag && one.ConfigurationName == configuration) return one;
        return null;
    }
}

/// <summary>The share of one Configuration under one tag.</summary>
public sealed record ConfigurationRollout
{
    public required string ConfigurationName { get; init; }

    /// <value>Empty: the Route's own name.</value>
    public string Tag { get; init; } = "";

    /// <summary>What its Revisions' percentages add up to.</summary>
    public required int Percent { get; init; }

    /// <summary>The oldest first; the last is the one that the traffic moves to.</summary>
    public required ValueList<RevisionPercent> Revisions { get; init; }
    public RolloutStep Step { get; init; }
}

/// <summary>The share of one Revision.</summary>
public sealed record RevisionPercent(string RevisionName, int Percent);

/// <summary>How a rollout goes on. Times are nanoseconds since 1970; 0 means not known yet.</summary>
/// <param name="StartTime">When the newest Revision got its first percent.</param>
/// <param name="NextStepTime">When it gets more.</param>
/// <param name="StepDuration">Nanoseconds from step to step.</param>
/// <param name="StepSize">Percent that it gets with each.</param>
public readonly record struct RolloutStep(long StartTime, long NextStepTime, long StepDuration, int StepSize);
