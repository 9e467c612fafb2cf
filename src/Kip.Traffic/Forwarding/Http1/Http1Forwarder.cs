using System.Collections.Concurrent;
using System.Net.Sockets;
using Kip.Traffic.Activation;
using Kip.Traffic.Http;
using Kip.Traffic.Routing;

namespace Kip.Traffic.Forwarding.Http1;

/// <summary>Forwards over HTTP/1.1 with as little between the two sockets as can be; why it is our own: docs/decisions/0005-http1-forwarding.md.</summary>
internal sealed class Http1Forwarder(GatewayOptions options, TimeProvider time) : IForwarder
{
    private readonly ConcurrentDictionary<ConnectionPool, bool> _used = [];

    public void Prune()
    {
        foreach (var (pool, _) in _used)
        {
            // Off the list before the look, so that a connection given back in between puts it on again.
            _used.TryRemove(pool, out _);
            pool.IsListed = false;
            pool.Prune();
            if (!pool.IsEmpty) List(pool);
        }
    }

    public ValueTask<ForwardOutcome> ForwardAsync(GatewayRequest request, SplitTarget target, PodTracker pod)
    {
        var pool = PoolOf(pod);
        var connection = pool.Take(careful: request.Sends > 0 || !RetryRule.IsRepeatable(request.Http.Method, request.HasBody));
        return connection is null ? ConnectAndForwardAsync(pool, request, target, pod) : connection.Exchange.RunAsync(pool, request, target);
    }

    /// <summary>The open connections to a pod. Only while holding a slot at it.</summary>
    public ConnectionPool PoolOf(PodTracker pod) =>
        (ConnectionPool?)pod.Connections ?? (ConnectionPool)pod.Keep(new ConnectionPool(time, options.PodIdleTimeout, List));

    /// <summary>A new connection; null when none comes about in time.</summary>
    /// <param name="ended">Gives up.</param>
    public async ValueTask<PodConnection?> ConnectAsync(PodTracker pod, CancellationToken ended)
    {
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ended);
            patience.CancelAfter(options.ConnectTimeout);
            return await PodConnection.ConnectAsync(pod.EndPoint, time, patience.Token);
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        foreach (var (pool, _) in _used) pool.Dispose();
    }

    private async ValueTask<ForwardOutcome> ConnectAndForwardAsync(ConnectionPool pool, GatewayRequest request, SplitTarget target, PodTracker pod)
    {
        var connection = await ConnectAsync(pod, request.Deadline.Token);
        if (connection is not null) return await connection.Exchange.RunAsync(pool, request, target);
        return request.Deadline.Token.IsCancellationRequested ? ForwardOutcome.Cancelled : ForwardOutcome.ConnectFailed;
    }

    private void List(ConnectionPool pool)
    {
        pool.IsListed = true;
        _used[pool] = true;
    }
}
