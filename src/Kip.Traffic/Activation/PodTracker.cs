using System.Net;
using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Traffic.Activation;

/// <summary>One pod that takes requests: where it listens, how many it has now, how many it may have.</summary>
/// <remarks>
/// All members may be called from any thread. A closed pod takes no new request from that moment on: a reservation counts itself first
/// and looks at the mark afterwards, a close marks first and counts afterwards, so one of the two always sees the other.
/// </remarks>
public sealed class PodTracker
{
    private readonly Lock _lock = new();
    private int _inFlight;
    private volatile bool _closed;
    private long _avoidUntil;
    private int _failures;
    private int _spells;
    private TaskCompletionSource? _idle;
    private TaskCompletionSource? _left;
    private ITimer? _quiet;
    private volatile bool _isQuiet;
    private int _switched;
    private IDisposable? _connections;

    /// <param name="pod">The pod's name.</param>
    /// <param name="uid">Tells a pod from a later one of the same name.</param>
    /// <param name="endPoint">Where its serving container listens.</param>
    /// <param name="limit">Requests at a time; 0 for no limit.</param>
    /// <param name="startup">How the pod started, if its runtime says.</param>
    public PodTracker(NamespacedName pod, string uid, IPEndPoint endPoint, int limit, PodStartup? startup = null)
    {
        Pod = pod;
        Uid = uid;
        EndPoint = endPoint;
        Limit = limit;
        Startup = startup;
        Address = $"http://{endPoint}";
    }

    public NamespacedName Pod { get; }

    /// <summary>When the pod passed each stage of its start; null where its runtime does not say.</summary>
    public PodStartup? Startup { get; }

    public string Uid { get; }

    public IPEndPoint EndPoint { get; }

    /// <summary>The address as a URL prefix, without a slash at the end.</summary>
    public string Address { get; }

    /// <value>0 for no limit.</value>
    public int Limit { get; }

    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Whether no new request may go here.</summary>
    public bool IsClosed => _closed;

    public bool HasRoom => !_closed && (Limit == 0 || InFlight < Limit);

    /// <summary>Whatever the forwarder keeps for this pod, e.g. its open connections; disposed when the pod is closed and idle.</summary>
    internal IDisposable? Connections => Volatile.Read(ref _connections);

    /// <summary>Sets <see cref="Connections"/> unless that has been done; returns what it is then. Only while holding a slot.</summary>
    internal IDisposable Keep(IDisposable connections) => Interlocked.CompareExchange(ref _connections, connections, null) ?? connections;

    /// <summary>Takes a slot, or says that there is none. Give it back with <see cref="Release"/>.</summary>
    public bool TryReserve()
    {
        if (Limit == 0) Interlocked.Increment(ref _inFlight);
        else if (!TryCount()) return false;
        if (!_closed) return true;
        Release();
        return false;
    }

    /// <summary>Gives a slot back.</summary>
    public void Release()
    {
        var left = Interlocked.Decrement(ref _inFlight);
        if (!_closed) return;
        if (left == 0) SignalIdle();
        else LookWhetherQuiet();
    }

    /// <summary>A request has become a connection for as long as both sides like: a WebSocket. Such a one holds up an end only for a while.</summary>
    internal void Switched() => Interlocked.Increment(ref _switched);

    /// <summary>Such a connection is over. Its slot is given back afterwards.</summary>
    internal void SwitchEnded() => Interlocked.Decrement(ref _switched);

    /// <summary>From now on no new request comes here. The task completes when none is left; it is the same on every call.</summary>
    public Task CloseAsync()
    {
        TaskCompletionSource idle;
        lock (_lock)
        {
            idle = _idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            _closed = true;
        }
        Interlocked.MemoryBarrier();
        if (InFlight == 0) SignalIdle();
        return idle.Task;
    }

    /// <summary>As <see cref="CloseAsync"/>, but connections that were switched to another protocol are waited for no longer than the quiet time.</summary>
    /// <param name="time">Tells when the quiet time is over.</param>
    /// <param name="quiet">Counted from the first call. The connections themselves stay.</param>
    internal Task LeaveAsync(TimeProvider time, TimeSpan quiet)
    {
        var idle = CloseAsync();
        lock (_lock)
        {
            if (idle.IsCompleted) return idle;
            if (_left is null)
            {
                _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _quiet = time.CreateTimer(static state => ((PodTracker)state!).BeQuiet(), this, quiet, Timeout.InfiniteTimeSpan);
            }
        }
        // The last request may have gone before there was anybody to tell.
        if (idle.IsCompleted) SignalIdle();
        return _left.Task;
    }

    /// <summary>
    /// Failures since it was trusted last. Taken before an attempt, it tells afterwards whether the attempt proved anything: <see cref="Trust"/>.
    /// </summary>
    public int Failures => Volatile.Read(ref _failures);

    /// <summary>After a failed connect, or a connection that broke: others are preferred for 50 ms, doubling to 2 s while the failures go on.</summary>
    /// <remarks>One death breaks many requests: what fails during such a time does not make it longer.</remarks>
    public void Avoid(long now, long ticksPerSecond)
    {
        Interlocked.Increment(ref _failures);
        if (IsAvoided(now)) return;
        var doublings = Math.Min(Interlocked.Increment(ref _spells) - 1, 6);
        var pause = Math.Min(ticksPerSecond / 20 << doublings, ticksPerSecond * 2);
        Volatile.Write(ref _avoidUntil, now + pause);
    }

    /// <summary>An attempt has been answered: nothing speaks against this pod, unless something failed there since the attempt began.</summary>
    /// <param name="failures">What <see cref="Failures"/> was when the attempt began.</param>
    /// <returns>Whether it was not trusted before.</returns>
    public bool Trust(int failures)
    {
        if (failures == 0 || Interlocked.CompareExchange(ref _failures, 0, failures) != failures) return false;
        Volatile.Write(ref _spells, 0);
        Volatile.Write(ref _avoidUntil, 0);
        return true;
    }

    /// <summary>Whether it has failed so lately that others are preferred.</summary>
    public bool IsAvoided(long now) => Volatile.Read(ref _avoidUntil) is var until && until != 0 && now < until;

    private bool TryCount()
    {
        var seen = InFlight;
        while (seen < Limit)
        {
            var before = Interlocked.CompareExchange(ref _inFlight, seen + 1, seen);
            if (before == seen) return true;
            seen = before;
        }
        return false;
    }

    private void BeQuiet()
    {
        _isQuiet = true;
        LookWhetherQuiet();
    }

    // A switched connection counts as a request, too: where there are no more requests than those, no other is left.
    private void LookWhetherQuiet()
    {
        if (_isQuiet && InFlight <= Volatile.Read(ref _switched)) _left!.TrySetResult();
    }

    private void SignalIdle()
    {
        if (_idle!.TrySetResult()) Connections?.Dispose();
        lock (_lock)
        {
            _quiet?.Dispose();
            _left?.TrySetResult();
        }
    }
}
