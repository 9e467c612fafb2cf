using System.Net;
using System.Net.Sockets;

namespace Kip.Runtime.Ports;

/// <summary>Gives every process pod a port of its own on this host.</summary>
/// <remarks>
/// Ports are taken in turn, so that one that was given back, or given and never used, is not given again soon. A port is tried before it
/// is given: another program may listen there.
/// </remarks>
/// <param name="first">The first port of the range.</param>
/// <param name="count">How many there are.</param>
/// <param name="offset">Where in the range to begin: platforms side by side on one machine begin in different places.</param>
public sealed class PortAllocator(int first, int count, int offset)
{
    private readonly Lock _lock = new();
    private readonly HashSet<int> _used = [];
    private int _next = offset % count;

    /// <summary>A port that nobody holds and nobody listens on.</summary>
    /// <exception cref="PortsExhaustedException">All are taken.</exception>
    public int Next() => NextOrNull()
        ?? throw new PortsExhaustedException($"all {count} ports from {first} to {first + count - 1} are in use; end other pods first");

    /// <summary>A port that nobody holds and nobody listens on. Null: all are taken.</summary>
    public int? NextOrNull()
    {
        lock (_lock)
        {
            for (var tried = 0; tried < count; tried++)
            {
                var port = first + _next;
                _next = (_next + 1) % count;
                if (!_used.Contains(port) && IsFree(port)) return port;
            }
        }
        return null;
    }

    /// <summary>Holds a port for a pod. False when another pod holds it.</summary>
    public bool TryHold(int port)
    {
        lock (_lock) return _used.Add(port);
    }

    /// <summary>Gives a port back.</summary>
    public void Release(int port)
    {
        lock (_lock) _used.Remove(port);
    }

    /// <summary>Whether a program could listen on the port now.</summary>
    public static bool IsFree(int port)
    {
        // On all addresses: whoever listens on one of them is in the way of a program that listens on all.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

/// <summary>No port is left to give to a pod.</summary>
public sealed class PortsExhaustedException(string message) : Exception(message);
