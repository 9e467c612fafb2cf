using System.Net;
using System.Net.Sockets;
using Kip.Host.Platform.Images;
using Kip.Testing.Time;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Kip.Tests.Images;

/// <summary>The door of the registry, which begins with the first connection.</summary>
public sealed class RegistryDoorTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact]
    public void The_usual_port_moves_when_it_is_taken_and_another_says_so()
    {
        using var first = Open(new(IPAddress.Loopback, 0));
        using var second = Open(first.EndPoint, mayMove: true);
        second.EndPoint.Port.ShouldNotBe(first.EndPoint.Port);
        var refusal = Should.Throw<IOException>(() => Open(first.EndPoint));
        refusal.Message.ShouldContain(first.EndPoint.ToString());
        refusal.InnerException.ShouldBeOfType<AddressInUseException>();
    }

    [Fact]
    public async Task The_first_connection_is_handed_over_once_and_after_a_failure_the_next_one()
    {
        var time = new ManualTimeProvider();
        using var door = Open(new(IPAddress.Loopback, 0), time: time);
        var failed = new TaskCompletionSource();
        var handed = new List<int>();
        var running = door.RunAsync(
            (listening, connection) =>
            {
                handed.Add(Port(connection.RemoteEndPoint));
                if (handed.Count > 1) return Task.CompletedTask;
                failed.SetResult();
                throw new IOException("the disk is full");
            },
            CancellationToken.None);

        using var first = await ConnectAsync(door);
        await failed.Task.WaitAsync(Long);
        using var second = await ConnectAsync(door);
        using var deadline = new CancellationTokenSource(Long);
        while (!running.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(running, Task.Delay(10, deadline.Token));
            deadline.Token.ThrowIfCancellationRequested();
        }

        await running;
        handed.ShouldBe([Port(first.Client.LocalEndPoint), Port(second.Client.LocalEndPoint)]);
    }

    [Fact]
    public async Task A_door_that_nobody_came_to_ends_when_cancelled()
    {
        using var door = Open(new(IPAddress.Loopback, 0));
        using var stop = new CancellationTokenSource();
        var running = door.RunAsync(static (_, _) => throw new InvalidOperationException("nobody came"), stop.Token);
        await stop.CancelAsync();
        await running.WaitAsync(Long);
    }

    private static int Port(EndPoint? end) => ((IPEndPoint)end!).Port;

    private static RegistryDoor Open(IPEndPoint endPoint, bool mayMove = false, TimeProvider? time = null) =>
        RegistryDoor.Open(endPoint, mayMove, time ?? TimeProvider.System, NullLoggerFactory.Instance);

    private static async Task<TcpClient> ConnectAsync(RegistryDoor door)
    {
        var client = new TcpClient();
        await client.ConnectAsync(door.EndPoint);
        return client;
    }
}
