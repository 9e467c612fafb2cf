using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Kip.Brokers.Sending;

/// <summary>Sends events over HTTP/1.1 on kept connections; https goes another way.</summary>
/// <param name="door">Where the platform itself serves a host, such as one of a service that may sleep; null: by its address.</param>
internal sealed class HttpEventSender(
    Func<string, EndPoint?> door, SecureEventSender secure, int maxAnswerBytes, TimeProvider time) : IEventSender, IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    // Shorter than the 5 s after which common servers close theirs.
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(4);

    private const int MaxIdlePerEndPoint = 256;

    private readonly ConcurrentDictionary<EndPoint, ConcurrentStack<EventConnection>> _idle = new();
    private volatile bool _disposed;

    public ValueTask<EventAnswer> SendAsync(EventRequest request, CancellationToken stop) =>
        request.Target.IsSecure ? secure.SendAsync(request, stop) : SendPlainAsync(request, stop);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<EventAnswer> SendPlainAsync(EventRequest request, CancellationToken stop)
    {
        var target = request.Target;
        var endPoint = target.IsLiteral ? target.EndPoint : door(target.Host) ?? target.EndPoint;
        while (TryTake(endPoint, out var kept))
        {
            var answer = await ExchangeAsync(kept, endPoint, request);
            // The server may have closed it while it stood unused; that says nothing about the server.
            if (!kept.FailedUnanswered) return answer;
        }
        try
        {
            var socket = await EventConnection.ConnectAsync(endPoint, ConnectTimeout < request.Timeout ? ConnectTimeout : request.Timeout, time, stop);
            return await ExchangeAsync(new(socket, maxAnswerBytes, time), endPoint, request);
        }
        catch (SocketException error)
        {
            return EventAnswer.None($"cannot connect to {Shown(endPoint)}: {error.Message}");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return EventAnswer.None($"cannot connect to {Shown(endPoint)} in time");
        }
    }

    // A name's own text begins with its address family.
    private static string? Shown(EndPoint endPoint) => endPoint is DnsEndPoint name ? $"{name.Host}:{name.Port}" : endPoint.ToString();

    /// <summary>Closes connections that have not been used for a while.</summary>
    public void Prune()
    {
        foreach (var (endPoint, stack) in _idle)
        {
            var kept = new List<EventConnection>();
            while (stack.TryPop(out var connection))
            {
                if (time.GetElapsedTime(connection.IdleSince) < IdleTimeout) kept.Add(connection);
                else connection.Dispose();
            }
            kept.Reverse();
            if (kept.Count > 0) stack.PushRange([.. kept]);
            else if (stack.IsEmpty) _idle.TryRemove(endPoint, out _);
        }
    }

    public void Dispose()
    {
        _disposed = true;
        foreach (var stack in _idle.Values)
            while (stack.TryPop(out var connection)) connection.Dispose();
        secure.Dispose();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<EventAnswer> ExchangeAsync(EventConnection connection, EndPoint endPoint, EventRequest request)
    {
        RequestBytes.Write(request, connection.Request);
        var answer = await connection.ExchangeAsync(request.Timeout);
        var stack = connection.IsUsable && !_disposed ? _idle.GetOrAdd(endPoint, static _ => new()) : null;
        if (stack is null || stack.Count >= MaxIdlePerEndPoint) connection.Dispose();
        else
        {
            connection.IdleSince = time.GetTimestamp();
            stack.Push(connection);
        }
        return answer;
    }

    private bool TryTake(EndPoint endPoint, out EventConnection connection)
    {
        if (_idle.TryGetValue(endPoint, out var stack) && stack.TryPop(out var found))
        {
            connection = found;
            return true;
        }
        connection = null!;
        return false;
    }
}
