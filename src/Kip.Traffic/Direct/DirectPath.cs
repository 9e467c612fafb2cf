using System.Collections.Concurrent;
using System.Net.Sockets;
using Kip.Traffic.Activation;
using Kip.Traffic.Forwarding;
using Kip.Traffic.Forwarding.Http1;
using Kip.Traffic.Http;
using Kip.Traffic.Observability;
using Kip.Traffic.Routing;
using Kip.Traffic.Stats;

namespace Kip.Traffic.Direct;

/// <summary>
/// The short way of a plain request: from the client's connection to a pod's and back, without the HTTP server between. See
/// docs/decisions/0020-direct-path.md.
/// </summary>
/// <remarks>
/// It answers nothing itself. A request that is not plain, that has to wait for a pod or that a pod does not answer goes to the HTTP server together
/// with its connection,
/// which stays there; so what is refused, awaited, retried or reported is decided in one place, <see cref="GatewayPipeline"/>.
/// </remarks>
internal sealed class DirectPath(
    GatewayOptions options, GatewayPipeline pipeline, Func<RouteTable> table, StatReporter reporter, Http1Forwarder http1, Instruments instruments,
    Random random, TimeProvider time)
{
    private readonly ConcurrentDictionary<DirectConnection, bool> _open = [];
    private volatile bool _stopping;

    public GatewayOptions Options => options;

    public Http1Forwarder Http1 => http1;

    public TimeProvider Time => time;

    /// <summary>How many clients are connected here now.</summary>
    public int Connections => _open.Count;

    /// <summary>Whether connections are to end after the request that they carry.</summary>
    public bool IsStopping => _stopping;

    /// <summary>Takes a client's connection. Run it, and dispose it when it has ended or its connection is elsewhere.</summary>
    /// <exception cref="IOException">It has broken already.</exception>
    public DirectConnection Open(Socket accepted, GatewayListener listener)
    {
        var opened = new DirectConnection(this, accepted, listener);
        _open[opened] = true;
        return opened;
    }

    public void Forget(DirectConnection connection) => _open.TryRemove(connection, out _);

    /// <summary>Lets connections end on which no request has come for too long. Called once a second.</summary>
    public void Prune()
    {
        foreach (var (connection, _) in _open) connection.Prune();
    }

    /// <summary>Lets the requests under way end, and their connections with them.</summary>
    /// <param name="cancel">Cuts what is left.</param>
    public async Task StopAsync(CancellationToken cancel)
    {
        _stopping = true;
        var open = _open.Keys.ToArray();
        foreach (var connection in open) connection.Wake();
        var ended = Task.WhenAll(open.Select(static c => c.Ended));
        using var cut = cancel.UnsafeRegister(static state => Array.ForEach((DirectConnection[])state!, static c => c.Abort()), open);
        await ended;
    }

    /// <summary>Finds the way of a request and counts it in. False when it has to go to the HTTP server.</summary>
    public bool TryEnter(in PlainRequest request, HostMemo hosts, bool seesClusterLocal, out DirectTurn turn)
    {
        turn = default;
        if (!pipeline.IsUnobserved) return false;
        if (hosts.Find(table(), request.Host) is not { Only: { } route } routes || routes.RedirectToHttps || (routes.IsClusterLocal && !seesClusterLocal))
            return false;
        if (route.Pick(random) is not { HostOverride: null, Headers.Count: 0, Backend: { Settings: { IsHttp2: false } settings } backend }) return false;
        if (!pipeline.TryEnter()) return false;
        if (!backend.Breaker.TryAcquire(out var lease))
        {
            pipeline.Leave();
            return false;
        }
        turn = new(backend, settings, lease.Pod!, lease.Pod!.Failures, time.GetTimestamp());
        if (backend.IsRevision) reporter.Enter(backend);
        return true;
    }

    /// <summary>Counts a request out, before the client has the end of its response.</summary>
    public void Leave(in DirectTurn turn, ForwardOutcome outcome, string method, int? requestBytes, DirectResponse response)
    {
        turn.Backend.Breaker.Release(turn.Pod);
        if (turn.Backend.IsRevision) StatReporter.Leave(turn.Backend);
        pipeline.Leave();
        if (outcome == ForwardOutcome.Done) turn.Backend.Breaker.Trust(turn.Pod, turn.Failures);
        // What has failed is counted where it ends.
        if (outcome is not (ForwardOutcome.Done or ForwardOutcome.BrokenResponse) || !instruments.CountsRequests) return;
        instruments.Served(
            turn.Backend,
            new ServedRequest(time.GetElapsedTime(turn.Received), response.Status, method, RouteTag.None, requestBytes, response.Bytes));
    }
}
