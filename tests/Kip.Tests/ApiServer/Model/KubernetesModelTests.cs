using Kip.Testing.Simulation;

namespace Kip.Tests.ApiServer.Model;

/// <summary>Kubernetes' semantics against a model of them that is simple enough to be seen to be right, over lives that end at any moment.</summary>
/// <remarks><c>KIP_SEEDS=5000</c> runs so many seeds, <c>KIP_SEED=7</c> that one alone.</remarks>
public sealed class KubernetesModelTests
{
    private const int Steps = 60;
    private const int SeedCount = 120;

    /// <summary>Seeds that failed once.</summary>
    public static TheoryData<int> Kept => [1];

    [Fact]
    public void Random_operations_do_what_the_model_says_whenever_the_process_or_the_disk_dies()
    {
        foreach (var seed in Seeds.Take(SeedCount, fresh: 4)) new ModelRun(seed).Go(Steps);
    }

    [Theory]
    [MemberData(nameof(Kept))]
    public void Seeds_that_failed_once_pass(int seed) => new ModelRun(seed).Go(Steps);
}
