using Kip.Testing.Simulation;
using Shouldly;

namespace Kip.Tests.Simulation;

/// <summary>
/// The whole platform on one thread under arrivals, slow starts, breakdowns, changes and deletions in random order. No accepted request is lost, no limit
/// is exceeded, a Route that says Ready is served, and in the end everything rests. A seed that fails is printed; keep it as a row.
/// </summary>
public class PlatformSimulationTests
{
    public static TheoryData<int> Runs => [.. Seeds.Take(8, fresh: 3)];

    [Theory]
    [MemberData(nameof(Runs))]
    public void Whatever_happens_in_whatever_order_the_promises_hold(int seed)
    {
        var story = new PlatformStory(seed);

        story.Run();

        story.Answered.ShouldBeGreaterThan(2 * story.Refused, "requests that are only ever refused would test little");
    }
}
