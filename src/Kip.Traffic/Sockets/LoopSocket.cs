using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Kip.Traffic.Sockets;

/// <summary>A connection whose waits end on the thread of an <see cref="EventLoop"/>. For one reader and one writer at a time.</summary>
internal sealed class LoopSocket : IDisposable
{
    private const int Open = 0;
    private const int Closed = 1;
    private const int Released = 2;

    private readonly Socket _socket;
    private readonly SafeSocketHandle _handle;
    private readonly SocketWait _reading;
    private readonly SocketWait _writing;
    private readonly long _id;
    private int _state;
    private volatile bool _peerEnded;
    private Action? _onPeerEnded;

    /// <param name="connected">Is its own from now on.</param>
    public LoopSocket(Socket connected, EventLoop loop)
    {
        (_socket, _handle, Loop) = (connected, connected.SafeHandle, loop);
        (_reading, _writing) = (new(this), new(this));
        _id = loop.Add(this, _handle);
    }

    /// <summary>Whose thread the waits end on.</summary>
    public EventLoop Loop { get; }

    /// <summary>Whether it has been closed here.</summary>
    public bool IsClosed => Volatile.Read(ref _state) == Closed;

    /// <summary>Whether the other side is known to send no more. What it has sent before can still be received.</summary>
    public bool HasPeerEnded => _peerEnded;

    /// <summary>Whether something may be there to receive.</summary>
    public bool MayBeReadable => _reading.MayBeReady;

    /// <summary>Connects.</summary>
    /// <exception cref="SocketException">Nobody accepts connections there.</exception>
    /// <exception cref="IOException">There is no way there.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public static async ValueTask<LoopSocket> ConnectAsync(IPEndPoint endPoint, CancellationToken cancel)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, Blocking = false };
        LoopSocket? connecting = null;
        try
        {
            var isConnected = LibC.Connect(socket.SafeHandle, endPoint);
            connecting = new(socket, EventLoop.Current ?? EventLoop.Next());
            if (!isConnected) await connecting.ConnectedAsync(cancel);
            return connecting;
        }
        catch
        {
            connecting?.Dispose();
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Calls this once the other side sends no more, on the loop's thread or at once: maybe more than once.</summary>
    public void WhenPeerEnds(Action ended)
    {
        Volatile.Write(ref _onPeerEnded, ended);
        Interlocked.MemoryBarrier();
        if (_peerEnded) ended();
    }

    /// <summary>Takes what has come, without waiting.</summary>
    /// <returns>How many bytes; 0 at the end, null when nothing is there.</returns>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="ObjectDisposedException">It was closed here.</exception>
    public int? TryReceive(Span<byte> buffer)
    {
        _reading.Look();
        var count = LibC.Receive(_handle, buffer);
        // A buffer that was not filled has taken all there was; the next event tells of more. An end that came with it is not told again.
        if (count == buffer.Length || (_peerEnded && count is not null)) _reading.Again();
        return count;
    }

    /// <summary>Waits for bytes.</summary>
    /// <returns>How many; 0 at the end.</returns>
    /// <inheritdoc cref="TryReceive"/>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        while (true)
        {
            if (_reading.MayBeReady && TryReceive(buffer.Span) is { } count) return new(count);
            if (_reading.TryWait(buffer, out var waiting)) return waiting;
        }
    }

    /// <summary>Waits until <see cref="TryReceive"/> may find something. <see cref="SocketWait.Interrupted"/> after <see cref="StopReading"/>.</summary>
    public ValueTask<int> ReadableAsync() => _reading.WaitAsync();

    /// <summary>Ends this and every later wait of <see cref="ReadableAsync"/>. From any thread.</summary>
    public void StopReading() => _reading.Interrupt();

    /// <summary>Gives the system what it takes at once.</summary>
    /// <returns>How many bytes.</returns>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="ObjectDisposedException">It was closed here.</exception>
    public int TrySend(ReadOnlySpan<byte> bytes) => LibC.Send(_handle, bytes) ?? 0;

    /// <summary>Sends all.</summary>
    /// <inheritdoc cref="TrySend"/>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        var sent = TrySend(bytes.Span);
        return sent == bytes.Length ? default : EndAsync(SendRestAsync(bytes[sent..]));
    }

    /// <summary>Sends what <see cref="TrySend"/> did not. False when <see cref="StopSending"/> ended the wait for room.</summary>
    /// <inheritdoc cref="TrySend"/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> SendRestAsync(ReadOnlyMemory<byte> bytes)
    {
        while (true)
        {
            _writing.Look();
            var sent = TrySend(bytes.Span);
            bytes = bytes[sent..];
            if (bytes.IsEmpty) return true;
            // Only one that took nothing is sure to be told of room.
            if (sent == 0 && await _writing.WaitAsync() == SocketWait.Interrupted) return false;
        }
    }

    /// <summary>Ends this and every later wait of sending. From any thread.</summary>
    public void StopSending() => _writing.Interrupt();

    /// <summary>No more will be sent.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Asks the system whether there is something to receive, be it the end.</summary>
    public bool IsReadable() => _socket.Poll(0, SelectMode.SelectRead);

    /// <summary>Gives the socket away: nothing here uses it any more. Null when it has been closed.</summary>
    public Socket? Release()
    {
        if (Interlocked.CompareExchange(ref _state, Released, Open) != Open) return null;
        Loop.Forget(_id);
        Loop.Leave(_handle);
        return _socket;
    }

    /// <summary>Closes it so that the other side sees a break, not an end. From any thread.</summary>
    public void Cut() => Close(_socket, static socket => socket.Close(0));

    /// <summary>Closes it and ends what waits for it, with an <see cref="ObjectDisposedException"/>. From any thread.</summary>
    public void Dispose() => Close(_socket, static socket => socket.Dispose());

    /// <summary>Takes note of events. Only from the loop's thread.</summary>
    public void Happened(uint events)
    {
        const uint end = LibC.PeerEnded | LibC.HungUp | LibC.Failed;
        var isEnd = (events & end) != 0;
        if (isEnd) _peerEnded = true;
        if (isEnd || (events & LibC.Writable) != 0) _writing.Signal();
        if (isEnd || (events & LibC.Readable) != 0) _reading.Signal();
        if (!isEnd) return;
        // What came before the end has been taken up by now.
        Interlocked.MemoryBarrier();
        Volatile.Read(ref _onPeerEnded)?.Invoke();
    }

    private static async ValueTask EndAsync(ValueTask<bool> sending) => await sending;

    private void Close(Socket socket, Action<Socket> close)
    {
        if (Interlocked.CompareExchange(ref _state, Closed, Open) != Open) return;
        Loop.Forget(_id);
        close(socket);
        _reading.Interrupt();
        _writing.Interrupt();
    }

    private async ValueTask ConnectedAsync(CancellationToken cancel)
    {
        try
        {
            using (cancel.UnsafeRegister(static state => ((LoopSocket)state!).Dispose(), this)) await _writing.WaitAsync();
            var error = (int)_socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            if (error != 0) throw new SocketException(error);
        }
        catch (ObjectDisposedException)
        {
            throw new OperationCanceledException(cancel);
        }
    }
}
