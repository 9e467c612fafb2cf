using System.Runtime;

namespace Kip.Host.Platform;

/// <summary>Gives memory back to the machine when the platform has become idle after work: a platform that sleeps should be small.</summary>
/// <remarks>
/// The collector keeps what a busy time took, since it expects the next one. A full collection that gives back costs some tens of
/// milliseconds, so it is made only in a quiet stretch, and once for each.
/// </remarks>
internal sealed class IdleTrim(Func<int> requestsInFlight, TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);
    private const long QuietBytes = 4L << 20;
    private const long WorthBytes = 16L << 20;

    private long _atLastLook = GC.GetTotalAllocatedBytes();
    private long _atLastTrim = GC.GetTotalAllocatedBytes();

    /// <summary>Looks every half minute until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel)) Look();
        }
        catch (OperationCanceledException)
        {
            // The platform stops.
        }
    }

    private void Look()
    {
        var allocated = GC.GetTotalAllocatedBytes();
        var isQuiet = requestsInFlight() == 0 && allocated - _atLastLook < QuietBytes;
        _atLastLook = allocated;
        if (!isQuiet || allocated - _atLastTrim < WorthBytes) return;
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _atLastLook = _atLastTrim = GC.GetTotalAllocatedBytes();
    }
}
