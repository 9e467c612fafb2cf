using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Kip.Testing.Traffic;
using Kip.Traffic.Sockets;
using Shouldly;

namespace Kip.Tests.Traffic.Sockets;

/// <summary>A connection that waits with a loop, and its other end.</summary>
public sealed class LoopSocketTests : IAsyncLifetime
{
    private static readonly byte[] Hello = "hello"u8.ToArray();

    private Socket _peer = null!;
    private LoopSocket _socket = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _socket = await LoopSocket.ConnectAsync((IPEndPoint)listener.LocalEndPoint!, Cancel);
        _peer = await listener.AcceptAsync(Cancel);
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _peer.Dispose();
        return default;
    }

    [Fact]
    public async Task A_wait_ends_with_what_comes()
    {
        var buffer = new byte[100];
        for (var i = 0; i < 3; i++)
        {
            var receiving = Within(_socket.ReceiveAsync(buffer));
            await _peer.SendAsync(Hello, Cancel);
            buffer.AsSpan(0, await receiving).ToArray().ShouldBe(Hello);
        }
    }

    [Fact]
    public async Task What_came_before_the_wait_is_received()
    {
        await _peer.SendAsync(Hello, Cancel);
        (await Within(_socket.ReadableAsync())).ShouldBe(0);

        var buffer = new byte[100];
        (await Within(_socket.ReceiveAsync(buffer))).ShouldBe(5);
    }

    [Fact]
    public async Task More_than_the_buffer_holds_is_received_part_by_part()
    {
        await _peer.SendAsync("hello, and goodbye"u8.ToArray(), Cancel);
        var all = new List<byte>();
        var buffer = new byte[4];

        while (all.Count < 18) all.AddRange(buffer.AsSpan(0, await Within(_socket.ReceiveAsync(buffer))));

        all.ShouldBe("hello, and goodbye"u8.ToArray());
    }

    [Fact]
    public async Task An_end_that_comes_with_the_last_bytes_is_told_after_them()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _socket.WhenPeerEnds(() => ended.TrySetResult());
        await _peer.SendAsync(Hello, Cancel);
        _peer.Shutdown(SocketShutdown.Send);
        await Within(ended.Task);

        _socket.HasPeerEnded.ShouldBeTrue();
        var buffer = new byte[100];
        (await Within(_socket.ReceiveAsync(buffer))).ShouldBe(5);
        (await Within(_socket.ReceiveAsync(buffer))).ShouldBe(0);
        (await Within(_socket.ReceiveAsync(buffer))).ShouldBe(0);
    }

    [Fact]
    public async Task Who_asks_late_for_the_end_is_told_at_once()
    {
        var receiving = Within(_socket.ReceiveAsync(new byte[1]));
        _peer.Shutdown(SocketShutdown.Send);
        (await receiving).ShouldBe(0);

        var told = false;
        _socket.WhenPeerEnds(() => told = true);

        told.ShouldBeTrue();
    }

    [Fact]
    public async Task A_peer_that_breaks_off_is_an_error()
    {
        var receiving = Within(_socket.ReceiveAsync(new byte[1]));
        _peer.Close(0);

        await Should.ThrowAsync<IOException>(receiving);
    }

    [Fact]
    public async Task Closing_ends_the_wait()
    {
        var receiving = Within(_socket.ReceiveAsync(new byte[1]));
        _socket.Dispose();

        await Should.ThrowAsync<ObjectDisposedException>(receiving);
        (await Within(_peer.ReceiveAsync(new byte[1]))).ShouldBe(0);
    }

    [Fact]
    public async Task A_cut_is_a_break_for_the_other_side()
    {
        _socket.Cut();

        await Should.ThrowAsync<SocketException>(Within(_peer.ReceiveAsync(new byte[1])));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reading_is_stopped_for_good(bool before)
    {
        if (before) _socket.StopReading();
        var waiting = Within(_socket.ReadableAsync());
        if (!before) _socket.StopReading();

        (await waiting).ShouldBe(SocketWait.Interrupted);
        (await Within(_socket.ReadableAsync())).ShouldBe(SocketWait.Interrupted);
    }

    [Fact]
    public async Task Much_is_sent_to_one_who_reads_slowly()
    {
        var bytes = RandomNumberGenerator.GetBytes(16 * 1024 * 1024);
        var sending = Within(_socket.SendAsync(bytes).AsTask());

        using var read = new MemoryStream();
        var buffer = new byte[10_000];
        while (read.Length < bytes.Length) read.Write(buffer, 0, await Within(_peer.ReceiveAsync(buffer)));

        await sending;
        read.GetBuffer().AsSpan(0, bytes.Length).SequenceEqual(bytes).ShouldBeTrue();
    }

    [Fact]
    public async Task Sending_to_one_who_does_not_read_is_stopped()
    {
        var sending = Within(_socket.SendRestAsync(new byte[64 * 1024 * 1024]));
        sending.IsCompleted.ShouldBeFalse();
        _socket.StopSending();

        (await sending).ShouldBeFalse();
    }

    [Fact]
    public async Task A_socket_that_is_given_away_is_used_elsewhere()
    {
        using var given = _socket.Release()!;
        _socket.Dispose();
        _socket.Release().ShouldBeNull();

        await _peer.SendAsync(Hello, Cancel);

        (await Within(given.ReceiveAsync(new byte[100]))).ShouldBe(5);
    }

    [Fact]
    public void A_closed_socket_is_not_given_away()
    {
        _socket.Dispose();

        _socket.Release().ShouldBeNull();
    }

    [Fact]
    public async Task Nobody_there_is_an_error()
    {
        using var closed = new ClosedPort();

        await Should.ThrowAsync<SocketException>(Within(LoopSocket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, closed.Number), Cancel).AsTask()));
    }

    [Fact]
    public async Task Connections_that_talk_at_once_do_not_mix()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(100);
        var port = (IPEndPoint)listener.LocalEndPoint!;

        await Within(Task.WhenAll(Enumerable.Range(1, 50).Select(async n =>
        {
            using var one = await LoopSocket.ConnectAsync(port, Cancel);
            using var other = new LoopSocket(await listener.AcceptAsync(Cancel), EventLoop.Next());
            await EchoAsync(one, other, n);
        })));
    }

    // Whoever accepts need not have the other end of its own connection, so each says what it got.
    private static async Task EchoAsync(LoopSocket one, LoopSocket other, int n)
    {
        var echo = EchoAsync(other);
        var got = new byte[1000];
        for (var round = 0; round < 100; round++)
        {
            var said = Enumerable.Repeat((byte)n, n + round).ToArray();
            await one.SendAsync(said);
            var length = 0;
            while (length < said.Length) length += await one.ReceiveAsync(got.AsMemory(length));
            got.AsSpan(0, length).SequenceEqual(said).ShouldBeTrue();
        }
        one.EndSending();
        await echo;
    }

    private static async Task EchoAsync(LoopSocket socket)
    {
        var buffer = new byte[1000];
        int count;
        while ((count = await socket.ReceiveAsync(buffer)) > 0) await socket.SendAsync(buffer.AsMemory(0, count));
    }

    private static Task<T> Within<T>(ValueTask<T> task) => Within(task.AsTask());

    private static Task<T> Within<T>(Task<T> task) => task.WaitAsync(TimeSpan.FromSeconds(60), Cancel);

    private static Task Within(Task task) => task.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
}
