using System.Runtime.InteropServices;

namespace Kip.Runtime.Processes;

/// <summary>The calls that ask a port of this machine whether somebody listens there.</summary>
internal static unsafe partial class LibC
{
    public const int Internet = 2;
    public const int ByteStream = 1;
    public const int AlreadyConnected = 106;
    public const int ConnectionRefused = 111;

    public const int SocketLevel = 1;
    public const int Linger = 13;

    /// <summary>A <c>struct sockaddr_in</c>.</summary>
    public const int InternetAddressSize = 16;

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int descriptor, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSocketOption(int descriptor, int level, int option, void* value, int length);
}
