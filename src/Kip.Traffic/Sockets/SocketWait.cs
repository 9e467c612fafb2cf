using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Kip.Traffic.Sockets;

/// <summary>Waits for one direction of a socket, for one caller at a time. The loop signals; anybody may interrupt.</summary>
/// <remarks>
/// Whoever turns <see cref="Waiting"/> into something else ends the wait, so it ends once. An event that nobody waits for is kept as
/// <see cref="Ready"/>, which a look at the socket takes back before it looks: so none is lost between a look in vain and the wait.
/// </remarks>
internal sealed class SocketWait(LoopSocket socket) : IValueTaskSource<int>, IThreadPoolWorkItem
{
    /// <summary>The result of a wait that was interrupted.</summary>
    public const int Interrupted = -1;

    private const int Idle = 0;
    private const int Ready = 1;
    private const int Waiting = 2;

    private ManualResetValueTaskSourceCore<int> _source;
    private Memory<byte> _buffer;
    private int _state;
    private volatile bool _interrupted;

    /// <summary>Whether a look at the socket may find something.</summary>
    public bool MayBeReady => Volatile.Read(ref _state) == Ready;

    /// <summary>To be called before a look at the socket.</summary>
    public void Look() => Volatile.Write(ref _state, Idle);

    /// <summary>The look has shown that another one would find something, too.</summary>
    public void Again() => Volatile.Write(ref _state, Ready);

    /// <summary>Waits until a look may find something.</summary>
    /// <returns>0, or <see cref="Interrupted"/>.</returns>
    public ValueTask<int> WaitAsync() => TryWait(default, out var waiting) ? waiting : new(0);

    /// <summary>Waits for bytes. False, without a wait, when a look may find some.</summary>
    /// <param name="buffer">Gets them, on the loop's thread.</param>
    /// <param name="waiting">Their number; 0 at the end of the connection.</param>
    public bool TryWait(Memory<byte> buffer, out ValueTask<int> waiting)
    {
        _source.Reset();
        _buffer = buffer;
        waiting = new(this, _source.Version);
        if (Interlocked.CompareExchange(ref _state, Waiting, Idle) != Idle) return false;
        // An interruption from before now did not see that somebody waits.
        if (_interrupted) End();
        return true;
    }

    /// <summary>The socket has something, or room, or an end. Only from the loop's thread.</summary>
    public void Signal()
    {
        if (Interlocked.Exchange(ref _state, Ready) != Waiting) return;
        if (_buffer.IsEmpty) _source.SetResult(0);
        else Receive();
    }

    /// <summary>Ends the wait, and every later one, without a result. The caller goes on elsewhere, not in this call.</summary>
    public void Interrupt()
    {
        _interrupted = true;
        End();
    }

    int IValueTaskSource<int>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    void IThreadPoolWorkItem.Execute()
    {
        if (socket.IsClosed) _source.SetException(new ObjectDisposedException(nameof(LoopSocket)));
        else _source.SetResult(Interrupted);
    }

    private void End()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Waiting) == Waiting) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void Receive()
    {
        int? count;
        try
        {
            count = socket.TryReceive(_buffer.Span);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            _source.SetException(e);
            return;
        }
        if (count is { } received)
        {
            _source.SetResult(received);
            return;
        }
        // There was nothing after all. Events come only from this thread, so none can have come since.
        Interlocked.Exchange(ref _state, Waiting);
        if (_interrupted) End();
    }
}
