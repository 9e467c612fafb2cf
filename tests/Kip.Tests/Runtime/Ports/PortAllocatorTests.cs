using System.Net;
using System.Net.Sockets;
using Kip.Resources.Core;
using Kip.Runtime.Ports;
using Kip.Testing.Runtime;
using Kip.Testing.Traffic;
using Shouldly;

namespace Kip.Tests.Runtime.Ports;

public class PortAllocatorTests
{
    [Fact]
    public void Ports_come_in_turn_skip_those_in_use_and_run_out()
    {
        var taken = FreePort.Find();
        using var busy = new TcpListener(IPAddress.Loopback, taken);
        busy.Start();
        var ports = new PortAllocator(taken, 1, offset: 5);

        ports.NextOrNull().ShouldBeNull();
        Should.Throw<PortsExhaustedException>(() => ports.Next()).Message.ShouldContain($"all 1 ports from {taken} to {taken} are in use");
        busy.Stop();
        ports.Next().ShouldBe(taken);
        ports.TryHold(taken).ShouldBeTrue();
        ports.TryHold(taken).ShouldBeFalse();
        ports.NextOrNull().ShouldBeNull();
        ports.Release(taken);
        ports.Next().ShouldBe(taken);
    }

    [Fact]
    public async Task A_pod_for_which_there_is_no_port_says_so_and_starts_when_one_is_free()
    {
        var only = FreePort.Find();
        await using var kip = await RuntimeHarness.StartAsync(RuntimeHarness.NewOptions() with { FirstPort = only, PortCount = 1 });
        var image = await kip.ShellBundleAsync("sleep 1000");
        await kip.CreateAsync(RuntimeHarness.PodOf("first", image));
        var first = await kip.WaitForAsync<Pod>("first", static p => p.Status.Phase == "Running");
        await kip.CreateAsync(RuntimeHarness.PodOf("second", image));
        var waiting = await kip.WaitForAsync<Pod>("second", static p => p.Status.ContainerStatuses is [{ State.Waiting.Reason: "CreateContainerConfigError" }]);
        waiting.Status.ContainerStatuses[0].State!.Waiting!.Message.ShouldBe($"all 1 ports from {only} to {only} are in use; end other pods first");

        await kip.Resources.DeleteAsync(Pod.Definition, first.Key, Kip.Resources.DeleteOptions.Default, CancellationToken.None);

        (await kip.WaitForAsync<Pod>("second", static p => p.Status.Phase == "Running")).Metadata.Annotations["kip.dev/port"].ShouldBe($"{only}");
    }
}
