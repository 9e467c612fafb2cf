using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Kip.Runtime.Processes;

namespace Kip.Runtime.Probes;

/// <summary>A port of this machine that is asked whether somebody listens there, without a wait and without another thread.</summary>
/// <remarks>
/// On the loopback interface the kernel carries the question to the port and the answer back while it is being asked. A program that comes up is asked
/// a hundred times and more, on the processors that it needs for coming up: so all that can be is done once, before.
/// </remarks>
internal sealed unsafe class LoopbackPort
{
    private readonly byte[] _address = new byte[LibC.InternetAddressSize];

    private LoopbackPort(IPEndPoint point)
    {
        // The family in the machine's order, the rest in the network's.
        MemoryMarshal.Write(_address, (ushort)LibC.Internet);
        BinaryPrimitives.WriteUInt16BigEndian(_address.AsSpan(2), (ushort)point.Port);
        _ = point.Address.TryWriteBytes(_address.AsSpan(4), out _);
    }

    /// <summary>The port; null when the address is not of this machine, or of IPv6.</summary>
    public static LoopbackPort? At(EndPoint address) =>
        address is IPEndPoint { AddressFamily: AddressFamily.InterNetwork } point && IPAddress.IsLoopback(point.Address) ? new(point) : null;

    /// <summary>Connects and takes leave with a reset, which the program need not notice and which leaves no port in TIME_WAIT.</summary>
    /// <returns>Whether somebody listens; null when the answer was not there at once.</returns>
    public bool? Accepts()
    {
        if (Connect() is not { } descriptor) return null;
        if (descriptor < 0) return false;
        // struct linger: on, for no time.
        var reset = stackalloc int[2] { 1, 0 };
        _ = LibC.SetSocketOption(descriptor, LibC.SocketLevel, LibC.Linger, reset, 2 * sizeof(int));
        _ = LibC.Close(descriptor);
        return true;
    }

    /// <summary>Whether the answer was there at once; if not, ask in the usual way.</summary>
    /// <param name="socket">Connected, and the caller's; null where nobody listens.</param>
    public bool TryConnect(out Socket? socket)
    {
        var descriptor = Connect();
        socket = descriptor >= 0 ? new(new SafeSocketHandle(descriptor.Value, ownsHandle: true)) { NoDelay = true } : null;
        return descriptor is not null;
    }

    // A connected descriptor, a negative number where nobody listens, or null.
    private int? Connect()
    {
        var descriptor = LibC.Socket(LibC.Internet, LibC.ByteStream | LibC.NonBlocking | LibC.CloseOnExec, 0);
        if (descriptor < 0) return null;
        int error;
        fixed (byte* address = _address)
        {
            // The first call sends the question; the second tells what has come of it.
            error = Connect(descriptor, address);
            if (error is not (0 or LibC.ConnectionRefused)) error = Connect(descriptor, address);
        }
        if (error is 0 or LibC.AlreadyConnected) return descriptor;
        _ = LibC.Close(descriptor);
        return error == LibC.ConnectionRefused ? -1 : null;
    }

    private static int Connect(int descriptor, byte* address) =>
        LibC.Connect(descriptor, address, LibC.InternetAddressSize) == 0 ? 0 : Marshal.GetLastPInvokeError();
}
