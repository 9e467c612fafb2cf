using System.Threading.Channels;
using Kip.Resources;
using Kip.Traffic.Activation;
using Kip.Traffic.Http;

namespace Kip.Traffic.Observability;

/// <summary>One request that has ended, as a recording keeps it.</summary>
/// <param name="Arrived">When it came to the gateway.</param>
/// <param name="Served">From its way to the pod until its last byte; null when it reached no pod.</param>
/// <param name="Path">Without the query, which may hold what is nobody's business.</param>
public readonly record struct SeenRequest(DateTimeOffset Arrived, TimeSpan? Served, string Path);

/// <summary>Lets people follow a service's requests as they end. Costs one comparison per request while nobody does.</summary>
public sealed class RequestTaps(TimeProvider time)
{
    /// <summary>How many requests may wait for a follower that is slow; more are missed, and counted.</summary>
    public const int Capacity = 16_384;

    private readonly Lock _lock = new();
    private volatile Tap[] _taps = [];

    /// <summary>Whether anybody follows any service.</summary>
    internal bool AreOpen => _taps.Length > 0;

    /// <summary>Begins to follow a service. Dispose it to end.</summary>
    public Tap Open(NamespacedName service)
    {
        var tap = new Tap(this, service);
        lock (_lock) _taps = [.. _taps, tap];
        return tap;
    }

    internal void Note(GatewayRequest request, RevisionBackend backend)
    {
        var taps = _taps;
        if (taps.Length == 0 || backend.Settings?.Service is not { Length: > 0 } service) return;
        foreach (var tap in taps)
            if (tap.Service.Name == service && tap.Service.Namespace == backend.Name.Namespace) tap.Take(See(request));
    }

    private SeenRequest See(GatewayRequest request)
    {
        ref var trace = ref request.Trace;
        var now = time.GetTimestamp();
        return new(
            time.GetUtcNow() - time.GetElapsedTime(trace.Received, now),
            trace.Forwarded == 0 ? null : time.GetElapsedTime(trace.Forwarded, trace.Done),
            request.Http.Path.Value ?? "/");
    }

    private void Close(Tap tap)
    {
        lock (_lock) _taps = [.. _taps.Where(t => t != tap)];
    }

    /// <summary>The requests of one service from a moment on.</summary>
    public sealed class Tap : IDisposable
    {
        private readonly RequestTaps _owner;
        private readonly Channel<SeenRequest> _seen = Channel.CreateBounded<SeenRequest>(
            new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

        private long _missed;

        internal Tap(RequestTaps owner, NamespacedName service) => (_owner, Service) = (owner, service);

        internal NamespacedName Service { get; }

        public ChannelReader<SeenRequest> Requests => _seen.Reader;

        /// <summary>Requests that did not fit.</summary>
        public long Missed => Interlocked.Read(ref _missed);

        public void Dispose()
        {
            _owner.Close(this);
            _seen.Writer.TryComplete();
        }

        internal void Take(SeenRequest request)
        {
            if (!_seen.Writer.TryWrite(request)) Interlocked.Increment(ref _missed);
        }
    }
}
