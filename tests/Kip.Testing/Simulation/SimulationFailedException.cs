namespace Kip.Testing.Simulation;

/// <summary>A simulation that failed, with the seed that makes it fail again.</summary>
public sealed class SimulationFailedException(int seed, long steps, Exception inner)
    : Exception($"seed {seed} failed after {steps} steps: {inner.Message}\nRun it again with {Seeds.Variable}={seed}.\n{inner}", inner)
{
    public int Seed { get; } = seed;
}
