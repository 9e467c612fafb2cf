using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Kip.Traffic.Sockets;

/// <summary>A thread that waits for many sockets at once, and on which those go on that wait for them. There is one per processor.</summary>
/// <remarks>
/// Why not the runtime's: that looks whether a socket has something to read before it waits, which a proxy knows to be in vain. See
/// docs/decisions/0020-direct-path.md. What runs here must be short, for all sockets of the loop wait meanwhile. The loops last as long as the process:
/// a loop whose sockets are closed costs nothing.
/// </remarks>
internal sealed unsafe class EventLoop
{
    private const int Capacity = 128;

    private static readonly EventLoop[] All = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(static n => new EventLoop(n))];
    private static int _next;
    private static long _ids;

    [ThreadStatic]
    private static EventLoop? _current;

    private readonly ConcurrentDictionary<long, LoopSocket> _sockets = [];
    private readonly byte[] _events = GC.AllocateUninitializedArray<byte>(Capacity * LibC.EventSize, pinned: true);
    private readonly int _set = LibC.CreateSet();

    private EventLoop(int number) => new Thread(Run) { IsBackground = true, Name = $"sockets {number}" }.Start();

    /// <summary>The loop whose thread this is; null on other threads.</summary>
    public static EventLoop? Current => _current;

    /// <summary>They take turns.</summary>
    public static EventLoop Next() => All[(uint)Interlocked.Increment(ref _next) % All.Length];

    /// <summary>Tells a socket of its events from now on, those included that are already there.</summary>
    /// <returns>For <see cref="Forget"/>.</returns>
    public long Add(LoopSocket socket, SafeSocketHandle handle)
    {
        // Never the descriptor: the next socket may get the same, and an event of this one may still be on its way.
        var id = Interlocked.Increment(ref _ids);
        _sockets[id] = socket;
        try
        {
            LibC.AddTo(_set, handle, id);
        }
        catch
        {
            Forget(id);
            throw;
        }
        return id;
    }

    /// <summary>Tells a socket no more, but for an event that it is being told of now. Then it can be closed.</summary>
    public void Forget(long id) => _sockets.TryRemove(id, out _);

    /// <summary>For a socket that is not closed after <see cref="Forget"/> but used elsewhere.</summary>
    public void Leave(SafeSocketHandle handle) => LibC.RemoveFrom(_set, handle);

    private void Run()
    {
        _current = this;
        fixed (byte* events = _events)
        {
            while (true)
            {
                var count = LibC.Wait(_set, events, Capacity);
                for (var i = 0; i < count; i++)
                {
                    var (happened, id) = LibC.EventAt(events, i);
                    if (_sockets.TryGetValue(id, out var socket)) socket.Happened(happened);
                }
            }
        }
    }
}
