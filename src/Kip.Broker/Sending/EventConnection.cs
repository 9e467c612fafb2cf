using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Kip.Brokers.Sending;

/// <summary>One connection to a subscriber, for one request at a time.</summary>
internal sealed class EventConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly AnswerReader _reader;
    private readonly ITimer _deadline;
    private volatile bool _isLate;

    public EventConnection(Socket socket, int maxAnswerBytes, TimeProvider time)
    {
        _socket = socket;
        _reader = new(maxAnswerBytes);
        _deadline = time.CreateTimer(
            static state => ((EventConnection)state!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public GrowingBuffer Request { get; } = new();

    /// <summary>When it was last put back; for pruning.</summary>
    public long IdleSince { get; set; }

    /// <summary>Whether another request may follow.</summary>
    public bool IsUsable { get; private set; }

    /// <summary>Whether it failed before a byte of an answer came, as a connection does that the server had closed meanwhile.</summary>
    public bool FailedUnanswered { get; private set; }

    public static async ValueTask<Socket> ConnectAsync(EndPoint endPoint, TimeSpan timeout, TimeProvider time, CancellationToken stop)
    {
        var socket = endPoint is DnsEndPoint
            ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var patience = new CancellationTokenSource(timeout, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
            await socket.ConnectAsync(endPoint, both.Token);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends what is in <see cref="Request"/> and reads the answer.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<EventAnswer> ExchangeAsync(TimeSpan timeout)
    {
        (IsUsable, FailedUnanswered) = (false, false);
        _deadline.Change(timeout, Timeout.InfiniteTimeSpan);
        try
        {
            var unsent = Request.WrittenMemory;
            while (!unsent.IsEmpty) unsent = unsent[await _socket.SendAsync(unsent, SocketFlags.None)..];
            Request.Shrink();
            return await ReceiveAsync();
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or FormatException)
        {
            if (_isLate) return EventAnswer.None($"no answer within {timeout.TotalSeconds:0.###} s");
            FailedUnanswered = !_reader.HasStarted && error is not FormatException;
            return EventAnswer.None(error.Message);
        }
        finally
        {
            _deadline.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            if (_isLate) IsUsable = false;
        }
    }

    public void Dispose()
    {
        _deadline.Dispose();
        _socket.Dispose();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<EventAnswer> ReceiveAsync()
    {
        while (true)
        {
            var received = await _socket.ReceiveAsync(_reader.Free, SocketFlags.None);
            _reader.Received(received);
            if (_reader.TryFinish(atEnd: received == 0) is { } answer)
            {
                IsUsable = _reader.KeepsAlive && received > 0;
                return answer;
            }
            if (received > 0) continue;
            FailedUnanswered = !_reader.HasStarted;
            return EventAnswer.None("the connection was closed before the answer was complete");
        }
    }

    // Closing the socket is what ends the waiting.
    private void Expire()
    {
        _isLate = true;
        _socket.Dispose();
    }
}
