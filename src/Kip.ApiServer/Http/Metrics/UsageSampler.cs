using Kip.Client.Pods;

namespace Kip.ApiServer.Http.Metrics;

/// <summary>Makes rates of what is measured: CPU time used between two looks. Looks only when it is asked, so that idle costs nothing.</summary>
internal sealed class UsageSampler(IMachineUsage usage, TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Oldest = TimeSpan.FromMinutes(1);
    private Sample? _last;

    /// <summary>What the containers of these pods and the machine use now.</summary>
    public async Task<UsageRates> MeasureAsync(IReadOnlyCollection<string> podUids, CancellationToken cancel)
    {
        var before = Volatile.Read(ref _last);
        // Those that were not looked at before, too, need a moment to be seen using something.
        if (before is null || time.GetUtcNow() - before.At is var age && (age > Oldest || age < Shortest) || podUids.Any(uid => !before.Pods.Contains(uid)))
        {
            before = Take(podUids);
            await Task.Delay(Shortest, time, cancel);
        }
        var now = Take(podUids);
        Volatile.Write(ref _last, now);
        return new UsageRates(now.At, now.At - before.At, key => Rate(before.Containers, now.Containers, key, now.At - before.At),
            new(Cores(before.Machine, now.Machine, now.At - before.At), now.Machine.MemoryBytes));
    }

    private Sample Take(IReadOnlyCollection<string> podUids) =>
        new(time.GetUtcNow(), podUids.ToHashSet(StringComparer.Ordinal), usage.MeasureContainers(podUids), usage.MeasureMachine());

    private static UsageRate? Rate(
        IReadOnlyDictionary<(string, string), PodUsage> before, IReadOnlyDictionary<(string, string), PodUsage> now, (string, string) key, TimeSpan window) =>
        now.TryGetValue(key, out var used) ? new UsageRate(Cores(before.GetValueOrDefault(key, used), used, window), used.MemoryBytes) : null;

    // A container that was started anew has used less than before.
    private static double Cores(PodUsage before, PodUsage now, TimeSpan window) => Math.Max(0, (now.CpuTime - before.CpuTime) / window);

    private sealed record Sample(
        DateTimeOffset At, HashSet<string> Pods, IReadOnlyDictionary<(string, string), PodUsage> Containers, PodUsage Machine);
}

/// <summary>What is used, at a time and measured over a window.</summary>
/// <param name="Container">The rate of a pod's uid and a container's name; null when it does not run.</param>
internal sealed record UsageRates(DateTimeOffset At, TimeSpan Window, Func<(string PodUid, string Container), UsageRate?> Container, UsageRate Machine);

/// <param name="Cores">CPU seconds per second.</param>
/// <param name="MemoryBytes">Resident now.</param>
internal readonly record struct UsageRate(double Cores, long MemoryBytes);
