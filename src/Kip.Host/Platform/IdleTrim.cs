using System.Runtime;
using System.Runtime.InteropServices;

namespace Kip.Host.Platform;

/// <summary>Gives memory back to the machine when the platform has become idle after work: a platform that sleeps should be small.</summary>
/// <remarks>
/// The collector keeps what a busy time took, since it expects the next one. A full collection that gives back costs some tens of
/// milliseconds, so it is made only in a quiet stretch, and once for each.
/// </remarks>
internal sealed partial class IdleTrim(Func<int> requestsInFlight, TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    // Starting leaves as much behind as the platform then keeps, and nobody waits for anything yet.
    private static readonly TimeSpan AfterStart = TimeSpan.FromSeconds(5);

    private const long QuietBytes = 4L << 20;
    private const long WorthBytes = 16L << 20;

    private long _atLastLook = GC.GetTotalAllocatedBytes();
    private long _atLastTrim = -WorthBytes;

    /// <summary>Looks soon after the start, and then every half minute until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            await Task.Delay(AfterStart, time, cancel);
            Look();
            using var timer = new PeriodicTimer(Period, time);
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
        TrimNativeHeap();
        _atLastLook = _atLastTrim = GC.GetTotalAllocatedBytes();
    }

    // What the compiler of the runtime needed and freed: the C library keeps it for the next time.
    private static void TrimNativeHeap()
    {
        try
        {
            _ = TrimHeap(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Not glibc: this C library gives back by itself.
        }
    }

    /// <summary>malloc_trim(3): gives free pages of all heaps back; 1 when there were any.</summary>
    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimHeap(nuint keep);
}
