using Kip.Client.Pods;
using Kip.Resources.Core;
using Kip.Testing.Runtime;
using Kip.Tests.Runtime.Pods;
using Shouldly;

namespace Kip.Tests.Runtime.Usage;

public class PodUsageTests
{
    // One that only computes in a child which has left the session, and holds memory in itself.
    private const string Busy = "setsid sh -c 'while :; do :; done' & blob=$(head -c 20000000 /dev/zero | tr '\\0' x); wait; echo $blob";

    [Fact]
    public async Task What_a_pods_processes_use_is_added_up_and_that_of_others_is_not()
    {
        await using var kip = await RuntimeHarness.StartAsync();
        await kip.CreateAsync(RuntimeHarness.PodOf("busy", await kip.ShellBundleAsync(Busy)));
        await kip.CreateAsync(RuntimeHarness.PodOf("idle", await kip.ShellBundleAsync("exec sleep 1000")));
        var busy = await kip.WaitForAsync<Pod>("busy", static p => p.Status.Phase == "Running");
        var idle = await kip.WaitForAsync<Pod>("idle", static p => p.Status.Phase == "Running");

        PodUsage Of(Pod pod) => kip.Runtime.Usage.Measure([busy.Metadata.Uid!, idle.Metadata.Uid!, "nobody"]).GetValueOrDefault(pod.Metadata.Uid!);
        await Until(() => Of(busy) is { MemoryBytes: > 20_000_000 } used && used.CpuTime > TimeSpan.FromMilliseconds(200));

        var before = Of(busy).CpuTime;
        await Until(() => Of(busy).CpuTime > before);
        Of(idle).CpuTime.ShouldBeLessThan(TimeSpan.FromMilliseconds(200));
        Of(idle).MemoryBytes.ShouldBeInRange(1, 20_000_000);
        kip.Runtime.Usage.Measure(["nobody"]).ShouldBeEmpty();
    }

    private static async Task Until(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!holds()) await Task.Delay(20, patience.Token);
    }
}
