using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
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

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ForwardOutcome> ForwardAsync(GatewayRequest request, SplitTarget target, PodTracker pod)
    {
        // 1. A connection: an open one if there is one.
        var pool = PoolOf(pod);
        var connection = pool.Take(careful: !RetryRule.IsRepeatable(request.Http.Method, request.HasBody)) ?? await ConnectAsync(pod, request);
        if (connection is null) return request.Deadline.Token.IsCancellationRequested ? ForwardOutcome.Cancelled : ForwardOutcome.ConnectFailed;

        // 2. From here the end of the client's connection, or of the time, ends this one too.
        ForwardOutcome outcome;
        using (request.Deadline.Token.UnsafeRegister(static state => ((PodConnection)state!).Abort(), connection))
            outcome = await connection.Exchange.RunAsync(request, target);

        // 3. A connection on which both messages ended where they should serves the next request.
        if (connection.Exchange.IsReusable && !request.Deadline.Token.IsCancellationRequested) Return(pool, connection);
        else connection.Dispose();
        // One that broke says that the others are no better.
        if (outcome == ForwardOutcome.BrokenBeforeResponse) pool.Clear();
        return outcome;
    }

    public void Dispose()
    {
        foreach (var (pool, _) in _used) pool.Dispose();
    }

    private async ValueTask<PodConnection?> ConnectAsync(PodTracker pod, GatewayRequest request)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(request.Deadline.Token);
        patience.CancelAfter(options.ConnectTimeout);
        try
        {
            return await PodConnection.ConnectAsync(pod.EndPoint, time, patience.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return null;
        }
    }

    private ConnectionPool PoolOf(PodTracker pod) =>
        (ConnectionPool?)pod.Connections ?? (ConnectionPool)pod.Keep(new ConnectionPool(time, options.PodIdleTimeout));

    private void Return(ConnectionPool pool, PodConnection connection)
    {
        pool.Return(connection);
        if (!pool.IsListed) List(pool);
    }

    private void List(ConnectionPool pool)
    {
        pool.IsListed = true;
        _used[pool] = true;
    }
}
