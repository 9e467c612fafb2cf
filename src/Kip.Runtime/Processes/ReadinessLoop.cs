using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Kip.Runtime.Processes;

/// <summary>One thread that waits for many descriptors at once and calls back when one can be read or has ended.</summary>
/// <remarks>
/// Callbacks run on the loop's thread, one at a time, and must be short. A callback that answers false is forgotten and its descriptor
/// closed. With this no pod needs a thread of its own to be waited for.
/// </remarks>
internal sealed unsafe class ReadinessLoop : IDisposable
{
    private const int Capacity = 64;
    private const int Add = 1;
    private const int Remove = 2;
    private const uint Readable = 1;

    // struct epoll_event is packed on x86-64 only.
    private static readonly bool Packed = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int EventSize = Packed ? 12 : 16;
    private static readonly int DataOffset = Packed ? 4 : 8;

    private readonly ConcurrentDictionary<int, Func<bool>> _callbacks = new();
    private readonly int _epoll;
    private readonly int _wakeRead;
    private readonly int _wakeWrite;
    private readonly Thread _thread;
    private volatile bool _stopping;

    public ReadinessLoop(string name)
    {
        _epoll = Checked(LibC.EpollCreate(LibC.CloseOnExec), "epoll_create1");
        var pipe = stackalloc int[2];
        Checked(LibC.Pipe(pipe, LibC.CloseOnExec), "pipe2");
        (_wakeRead, _wakeWrite) = (pipe[0], pipe[1]);
        Register(_wakeRead, static () => true);
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Calls back whenever the descriptor is readable or at its end. The loop owns the descriptor from now on.</summary>
    /// <exception cref="IOException">The kernel refuses to watch it.</exception>
    public void Register(int descriptor, Func<bool> callback)
    {
        _callbacks[descriptor] = callback;
        var @event = stackalloc byte[16];
        *(uint*)@event = Readable;
        *(int*)(@event + DataOffset) = descriptor;
        if (LibC.EpollControl(_epoll, Add, descriptor, @event) == 0) return;
        var error = Marshal.GetLastPInvokeError();
        _callbacks.TryRemove(descriptor, out _);
        throw new IOException($"epoll_ctl failed: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    public void Dispose()
    {
        if (_stopping) return;
        _stopping = true;
        byte wake = 1;
        _ = LibC.Write(_wakeWrite, &wake, 1);
        if (Thread.CurrentThread != _thread) _thread.Join();
        foreach (var descriptor in _callbacks.Keys) _ = LibC.Close(descriptor);
        _ = LibC.Close(_wakeWrite);
        _ = LibC.Close(_epoll);
    }

    private void Run()
    {
        var events = stackalloc byte[Capacity * 16];
        while (!_stopping)
        {
            var count = LibC.EpollWait(_epoll, events, Capacity, -1);
            for (var i = 0; i < count && !_stopping; i++) Call(*(int*)(events + i * EventSize + DataOffset));
        }
    }

    private void Call(int descriptor)
    {
        if (!_callbacks.TryGetValue(descriptor, out var callback) || callback()) return;
        // Forgetting it first keeps a reused number from being mistaken for it. Closing alone does not take it out of the epoll set while a
        // process that is just being started still shares the file (epoll(7), "Will closing a file descriptor…").
        _callbacks.TryRemove(descriptor, out _);
        _ = LibC.EpollControl(_epoll, Remove, descriptor, null);
        _ = LibC.Close(descriptor);
    }

    private static int Checked(int result, string call) =>
        result >= 0 ? result : throw new IOException($"{call} failed: {Marshal.GetLastPInvokeErrorMessage()}");
}
