namespace Kip.Testing.Simulation;

/// <summary>Which seeds a simulation test runs: some that stay the same, a few new ones each time, or the one that is asked for.</summary>
public static class Seeds
{
    /// <summary>The environment variable that names the only seed to run.</summary>
    public const string Variable = "KIP_SEED";

    /// <summary>The environment variable that says how many seeds every simulation runs in place of its own number: thousands, for a night.</summary>
    public const string CountVariable = "KIP_SEEDS";

    /// <summary>1 to <paramref name="count"/>, then fresh ones.</summary>
    public static IEnumerable<int> Take(int count, int fresh = 2)
    {
        if (int.TryParse(Environment.GetEnvironmentVariable(Variable), out var only)) return [only];
        if (int.TryParse(Environment.GetEnvironmentVariable(CountVariable), out var asked) && count > 0) count = asked;
        return Enumerable.Range(1, count).Concat(Enumerable.Range(0, fresh).Select(static _ => Random.Shared.Next()));
    }
}
