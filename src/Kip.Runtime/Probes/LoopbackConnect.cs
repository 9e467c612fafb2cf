using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Kip.Runtime.Processes;

namespace Kip.Runtime.Probes;

/// <summary>Connects to a port of this machine, or learns that nobody listens there, without a wait and without another thread.</summary>
/// <remarks>
/// On the loopback interface the kernel carries the question to the port and the answer back while it is being asked. A program that comes up is asked
/// a hundred times and more, on the processors that it needs for coming up.
/// </remarks>
internal static unsafe class LoopbackConnect
{
    /// <summary>Whether the answer was there at once; if not, ask in the usual way.</summary>
    /// <param name="address">Where to connect.</param>
    /// <param name="socket">Connected, and the caller's; null where nobody listens.</param>
    public static bool TryAtOnce(EndPoint address, out Socket? socket)
    {
        socket = null;
        if (address is not IPEndPoint { AddressFamily: AddressFamily.InterNetwork } point || !IPAddress.IsLoopback(point.Address)) return false;
        var descriptor = LibC.Socket(LibC.Internet, LibC.ByteStream | LibC.NonBlocking | LibC.CloseOnExec, 0);
        if (descriptor < 0) return false;
        var bytes = stackalloc byte[LibC.InternetAddressSize];
        Write(new(bytes, LibC.InternetAddressSize), point);
        // The first call sends the question; the second tells what has come of it.
        var error = Connect(descriptor, bytes);
        if (error is not (0 or LibC.ConnectionRefused)) error = Connect(descriptor, bytes);
        if (error is 0 or LibC.AlreadyConnected)
        {
            socket = new(new SafeSocketHandle(descriptor, ownsHandle: true)) { NoDelay = true };
            return true;
        }
        _ = LibC.Close(descriptor);
        return error == LibC.ConnectionRefused;
    }

    private static int Connect(int descriptor, byte* address) =>
        LibC.Connect(descriptor, address, LibC.InternetAddressSize) == 0 ? 0 : Marshal.GetLastPInvokeError();

    private static void Write(Span<byte> address, IPEndPoint point)
    {
        address.Clear();
        // The family in the machine's order, the rest in the network's.
        MemoryMarshal.Write(address, (ushort)LibC.Internet);
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], (ushort)point.Port);
        _ = point.Address.TryWriteBytes(address[4..], out _);
    }
}
