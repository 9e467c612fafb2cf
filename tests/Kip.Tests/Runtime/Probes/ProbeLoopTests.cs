using System.Net;
using System.Net.Sockets;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Probes;
using Kip.Testing.Simulation;
using Kip.Testing.Time;
using Kip.Testing.Traffic;
using Shouldly;

namespace Kip.Tests.Runtime.Probes;

public class ProbeLoopTests
{
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(60);

    private static readonly Container Serving = new() { Name = "c", Ports = [new ContainerPort { Name = "http1", ContainerPortNumber = 8080 }] };

    private static ProbeTarget Target(int port) => new(
        new Pod
        {
            Metadata = new ObjectMeta { Annotations = StringMap.Of(("kip.dev/port", port.ToString())) }, Spec = new PodSpec { Containers = [Serving] },
        },
        Serving, "127.0.0.1", (_, _, _) => throw new InvalidOperationException("no program is asked for"));

    [Fact]
    public async Task A_program_that_comes_up_is_ready_when_its_port_accepts_and_not_before()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var prober = new Prober(TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var told = new TaskCompletionSource<ProbeAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);

        var loop = new ProbeLoop(prober, TimeProvider.System).RunAsync(
            ProbeKind.Readiness, new Probe { TcpSocket = new TcpSocketAction() }, Target(((IPEndPoint)socket.LocalEndPoint!).Port),
            answer => told.TrySetResult(answer), stop.Token);
        told.Task.IsCompleted.ShouldBeFalse("nobody listens");
        socket.Listen();

        (await told.Task.WaitAsync(SafetyNet)).ShouldBe(ProbeAnswer.Ok);
        await stop.CancelAsync();
        await loop.WaitAsync(SafetyNet);
    }

    [Fact]
    public void A_program_that_does_not_come_up_in_its_time_has_failed_and_one_that_is_only_to_be_ready_is_asked_on()
    {
        var (time, scheduler) = (new ManualTimeProvider(), new SeededScheduler(1));
        using var prober = new Prober(time);
        using var closed = new ClosedPort();
        using var stop = new CancellationTokenSource();
        var told = new List<ProbeAnswer>();
        var probe = new Probe { TcpSocket = new TcpSocketAction(), PeriodSeconds = 2, FailureThreshold = 3 };

        scheduler.RunUntilIdle(() =>
        {
            _ = new ProbeLoop(prober, time).RunAsync(ProbeKind.Startup, probe, Target(closed.Number), told.Add, stop.Token);
            _ = new ProbeLoop(prober, time).RunAsync(
                ProbeKind.Readiness, probe, Target(closed.Number), _ => throw new InvalidOperationException("it is not ready"), stop.Token);
        });
        scheduler.RunUntilIdle(() => time.Advance(TimeSpan.FromSeconds(5.9)));
        told.ShouldBeEmpty();
        scheduler.RunUntilIdle(() => time.Advance(TimeSpan.FromSeconds(0.2)));

        told.Single().Success.ShouldBeFalse();
        told.Single().Message!.ShouldContain("connection refused");
        scheduler.RunUntilIdle(() => time.Advance(TimeSpan.FromSeconds(10)));
        told.Count.ShouldBe(1);
        scheduler.RunUntilIdle(stop.Cancel);
    }
}
