using System.Runtime.InteropServices;
using Kip.Runtime.Processes;

namespace Kip.Runtime.Probes;

/// <summary>One thread that asks the ports of programs that come up whether they accept, until they do.</summary>
/// <remarks>
/// Linux tells nobody that a socket begins to listen, so each port is asked a hundred times and more, on the processors that its program needs for
/// coming up. A timer and a turn of the thread pool for each question would cost several times what the question does. The thread is started with the
/// first port, and sleeps in the kernel's poll, which is the cheapest wait that another port can end. However many programs come up, asking takes no more
/// than a quarter of a processor.
/// </remarks>
/// <param name="time">Times the waits; the thread itself sleeps by the machine's clock.</param>
internal sealed class PortWatch(TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Awaited> _awaited = [];
    private Thread? _thread;
    private (int Read, int Write) _wake;
    private bool _stopping;

    /// <summary>Completes when the port accepts.</summary>
    /// <param name="accepts">Asks the port, at once and again and again; null: it did not answer at once. Called on the watch's thread.</param>
    /// <param name="next">The wait before the next question, from the time since the first; null: give up. Called on the watch's thread.</param>
    /// <param name="took">Told of the time since the first question when the port accepts. Called on the watch's thread.</param>
    /// <param name="cancel">Nobody wants to know any more.</param>
    /// <returns>False when it was given up, or did not answer at once, as happens when the machine has too much to do: ask in the usual way.</returns>
    public async Task<bool> UntilItAcceptsAsync(
        Func<bool?> accepts, Func<TimeSpan, TimeSpan?> next, Action<TimeSpan> took, CancellationToken cancel)
    {
        var awaited = new Awaited(accepts, next, took, time.GetTimestamp());
        await using var given = cancel.Register(static (state, token) => ((Awaited)state!).Answer.TrySetCanceled(token), awaited);
        return Add(awaited) && await awaited.Answer.Task;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_stopping) return;
            _stopping = true;
            foreach (var awaited in _awaited) awaited.Answer.TrySetResult(false);
            if (_thread is null) return;
            Wake_NeedsLock();
        }
        _thread.Join();
        _ = LibC.Close(_wake.Read);
        _ = LibC.Close(_wake.Write);
    }

    private bool Add(Awaited awaited)
    {
        lock (_lock)
        {
            if (_stopping) return false;
            if (_thread is null) Start_NeedsLock();
            _awaited.Add(awaited);
            Wake_NeedsLock();
            return true;
        }
    }

    private unsafe void Start_NeedsLock()
    {
        var ends = stackalloc int[2];
        if (LibC.Pipe(ends, LibC.CloseOnExec | LibC.NonBlocking) < 0) throw new IOException($"pipe2 failed: {Marshal.GetLastPInvokeErrorMessage()}");
        _wake = (ends[0], ends[1]);
        (_thread = new Thread(Run) { IsBackground = true, Name = "kip-ports" }).Start();
    }

    // A pipe that is full wakes as well as one that takes another byte.
    private unsafe void Wake_NeedsLock()
    {
        byte wake = 1;
        _ = LibC.Write(_wake.Write, &wake, 1);
    }

    private void Run()
    {
        while (true)
        {
            int milliseconds;
            lock (_lock)
            {
                if (_stopping) return;
                var began = time.GetTimestamp();
                var wait = AskWhoseTurnItIs_NeedsLock(began);
                var least = time.GetElapsedTime(began) * 3;
                // Rounded up: what is less than a millisecond would be no wait at all.
                milliseconds = wait is { } left ? (int)Math.Ceiling((left > least ? left : least).TotalMilliseconds) : Timeout.Infinite;
            }
            Sleep(milliseconds);
        }
    }

    private unsafe void Sleep(int milliseconds)
    {
        // struct pollfd: the descriptor, what is asked for, what there is.
        var wake = stackalloc int[2] { _wake.Read, LibC.PollReadable };
        if (LibC.Poll(wake, 1, milliseconds) <= 0) return;
        var bytes = stackalloc byte[64];
        _ = LibC.Read(_wake.Read, bytes, 64);
    }

    /// <returns>The time until the next question; null when nobody is waited for.</returns>
    private TimeSpan? AskWhoseTurnItIs_NeedsLock(long now)
    {
        TimeSpan? soonest = null;
        for (var i = _awaited.Count - 1; i >= 0; i--)
        {
            var left = _awaited[i].Ask(now, time);
            if (left is null) _awaited.RemoveAt(i);
            else if (soonest is null || left < soonest) soonest = left;
        }
        return soonest;
    }

    private sealed class Awaited(Func<bool?> accepts, Func<TimeSpan, TimeSpan?> next, Action<TimeSpan> took, long since)
    {
        private TimeSpan _due;

        public TaskCompletionSource<bool> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Asks if it is time to.</summary>
        /// <returns>The time until the next question; null when there is none any more.</returns>
        public TimeSpan? Ask(long now, TimeProvider time)
        {
            if (Answer.Task.IsCompleted) return null;
            var elapsed = time.GetElapsedTime(since, now);
            if (elapsed < _due) return _due - elapsed;
            var answer = accepts();
            if (answer is not false)
            {
                if (answer is true) took(elapsed);
                Answer.TrySetResult(answer is true);
                return null;
            }
            if (next(elapsed) is not { } wait)
            {
                Answer.TrySetResult(false);
                return null;
            }
            _due = elapsed + wait;
            return wait;
        }
    }
}
