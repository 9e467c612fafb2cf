using System.Net;
using System.Net.Sockets;

namespace Kip.Traffic;

/// <summary>Lets what waits for a socket go on at once on the thread that saw the socket's event, not on one of the thread pool.</summary>
/// <remarks>
/// Saves a thread hop at each end of a request, which is a quarter of what the gateway costs. It is a setting of the whole process, so it is the
/// host's to make: code that
/// blocks after waiting for a socket then holds up the other sockets of that thread (there is one thread per processor). See
/// docs/decisions/0005-http1-forwarding.md.
/// </remarks>
public static class SocketCompletions
{
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Makes it so, if no socket has been used in this process yet and the environment says nothing about it; else does nothing.</summary>
    public static void RunInline()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not null) return;
        Environment.SetEnvironmentVariable(Variable, "1");
        try
        {
            ReadSetting();
        }
        finally
        {
            // Processes that this one starts must not inherit it.
            Environment.SetEnvironmentVariable(Variable, null);
        }
    }

    // The runtime reads the setting when a socket waits for the first time.
    private static void ReadSetting()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        var waiting = socket.AcceptAsync();
        socket.Dispose();
        _ = waiting.ContinueWith(static ended => ended.Exception, TaskScheduler.Default);
    }
}
