using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Kip.Traffic.Sockets;

/// <summary>The few calls of the C library by which sockets are read, written and waited for (Linux). None of those on sockets waits.</summary>
internal static unsafe partial class LibC
{
    public const uint Readable = 0x1;
    public const uint Writable = 0x4;
    public const uint Failed = 0x8;
    public const uint HungUp = 0x10;
    public const uint PeerEnded = 0x2000;
    public const uint EdgeTriggered = 0x80000000;

    private const int Interrupted = 4;
    private const int TryAgain = 11;
    private const int InProgress = 115;
    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;
    private const int CloseOnExec = 0x80000;
    private const int Add = 1;
    private const int Remove = 2;

    // The structure is packed on x86-64 alone (epoll_ctl(2)): four bytes of events, then the eight that are ours.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    /// <summary>Bytes of one event.</summary>
    public static readonly int EventSize = DataOffset + 8;

    /// <summary>Takes what has come.</summary>
    /// <returns>How many bytes; 0 at the end, null when nothing is there.</returns>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="ObjectDisposedException">It was closed here.</exception>
    public static int? Receive(SafeSocketHandle socket, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var count = Receive(socket, start, (nuint)buffer.Length, DontWait);
                if (count >= 0) return (int)count;
                if (!IsToRepeat()) return null;
            }
        }
    }

    /// <summary>Gives the system what it takes at once.</summary>
    /// <returns>How many bytes; null when there is no room.</returns>
    /// <inheritdoc cref="Receive(SafeSocketHandle, Span{byte})"/>
    public static int? Send(SafeSocketHandle socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            while (true)
            {
                var count = Send(socket, start, (nuint)bytes.Length, DontWait | NoSignal);
                if (count >= 0) return (int)count;
                if (!IsToRepeat()) return null;
            }
        }
    }

    /// <summary>Begins to connect a socket that does not block. True when that is all; else it ends when the socket becomes writable.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    public static bool Connect(SafeSocketHandle socket, EndPoint endPoint)
    {
        var address = endPoint.Serialize();
        fixed (byte* start = address.Buffer.Span)
        {
            if (Connect(socket, start, (uint)address.Size) == 0) return true;
        }
        var error = Marshal.GetLastPInvokeError();
        // One that was interrupted goes on, too (connect(2)).
        return error is InProgress or Interrupted ? false : throw Error(error);
    }

    /// <summary>A new set of sockets to wait for.</summary>
    public static int CreateSet()
    {
        var set = CreateSet(CloseOnExec);
        return set >= 0 ? set : throw Error(Marshal.GetLastPInvokeError());
    }

    /// <summary>Adds a socket, for all its events, each told once. A socket that is closed leaves the set by itself.</summary>
    /// <param name="data">Told with each of its events.</param>
    public static void AddTo(int set, SafeSocketHandle socket, long data)
    {
        var told = stackalloc byte[16];
        *(uint*)told = Readable | Writable | PeerEnded | EdgeTriggered;
        *(long*)(told + DataOffset) = data;
        if (Control(set, Add, socket, told) != 0) throw Error(Marshal.GetLastPInvokeError());
    }

    public static void RemoveFrom(int set, SafeSocketHandle socket)
    {
        var unused = stackalloc byte[16];
        if (Control(set, Remove, socket, unused) != 0) throw Error(Marshal.GetLastPInvokeError());
    }

    /// <summary>Waits for events.</summary>
    /// <param name="events">Room for <paramref name="capacity"/> events.</param>
    /// <returns>How many there are now.</returns>
    public static int Wait(int set, byte* events, int capacity)
    {
        while (true)
        {
            var count = Wait(set, events, capacity, timeout: -1);
            if (count >= 0) return count;
            IsToRepeat();
        }
    }

    /// <summary>What happened, and the data of the socket that it happened to.</summary>
    public static (uint Events, long Data) EventAt(byte* events, int index)
    {
        var told = events + (index * EventSize);
        return (*(uint*)told, *(long*)(told + DataOffset));
    }

    private static bool IsToRepeat() => Marshal.GetLastPInvokeError() switch
    {
        Interrupted => true,
        TryAgain => false,
        var error => throw Error(error),
    };

    private static IOException Error(int error) => new(Marshal.GetPInvokeErrorMessage(error), error);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(SafeSocketHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(SafeSocketHandle socket, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static partial int Connect(SafeSocketHandle socket, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int CreateSet(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int Control(int set, int operation, SafeSocketHandle socket, byte* told);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int Wait(int set, byte* events, int capacity, int timeout);
}
