namespace Kip.Client.Loop;

/// <summary>How a reconcile loop works.</summary>
public sealed record ReconcileLoopOptions
{
    public static readonly ReconcileLoopOptions Default = new();

    /// <summary>How many keys are worked on at the same time.</summary>
    /// <value>4.</value>
    public int Workers { get; init; } = 4;

    /// <summary>How often every object is looked at again even if nothing changed; up to a tenth longer, at random.</summary>
    /// <value>10 minutes.</value>
    public TimeSpan Resync { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The waits between attempts at a key that fails.</summary>
    /// <value>5 ms, doubling up to 1,000 s.</value>
    public Backoff Retry { get; init; } = WorkQueue<int>.DefaultRetry;

    /// <summary>How many keys may wait. A key more is refused, which is logged; the next resync brings it back.</summary>
    /// <value>1,000,000.</value>
    public int QueueCapacity { get; init; } = WorkQueue<int>.DefaultCapacity;

    /// <summary>Numbers from 0 up to 1 that spread the resyncs.</summary>
    public Func<double> Random { get; init; } = System.Random.Shared.NextDouble;
}
