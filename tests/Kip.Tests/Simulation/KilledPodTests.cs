using Kip.Testing.Simulation;
using Shouldly;

namespace Kip.Tests.Simulation;

/// <summary>A safe request is lost in none of the moments in which its pod can be killed: docs/decisions/0004-retries.md.</summary>
public class KilledPodTests
{
    public static TheoryData<int> Runs => [.. Seeds.Take(2, fresh: 0)];

    [Theory]
    [MemberData(nameof(Runs))]
    public void The_only_pod_is_killed_again_and_again(int seed) => Play(seed, 1, static story => story.KillOneAsync());

    [Theory]
    [MemberData(nameof(Runs))]
    public void All_pods_are_killed_at_once(int seed) => Play(seed, 3, static story => story.KillAllAsync());

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_pod_is_killed_while_the_next_revision_rolls_out(int seed) => Play(seed, 1, static async story =>
    {
        await story.RollOutAsync(1);
        await story.KillOneAsync();
        await story.KillStartingAsync();
    });

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_pod_is_killed_while_it_drains(int seed) => Play(seed, 2, static story => story.KillDrainingAsync());

    [Theory]
    [MemberData(nameof(Runs))]
    public void Pods_are_killed_before_they_take_their_first_request(int seed) => Play(seed, 1, static async story =>
    {
        await story.KillOneAsync();
        await story.KillStartingAsync();
    });

    private static void Play(int seed, int minScale, Func<KillStory, Task> act)
    {
        var story = new KillStory(seed);

        story.Run(act, minScale);

        story.Broken.ShouldBeGreaterThan(0, "kills that meet no request test nothing");
    }
}
