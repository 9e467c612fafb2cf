namespace Kip.Traffic.Forwarding.Http1;

/// <summary>The open connections to one pod that no request uses now; the one used last is used next.</summary>
/// <param name="filled">Told when there is something to prune.</param>
internal sealed class ConnectionPool(TimeProvider time, TimeSpan idleTimeout, Action<ConnectionPool> filled) : IDisposable
{
    private const int MaxIdle = 1024;

    // Servers close what has been idle for some seconds (Node's after five): looking costs a system call, and a busy connection is not idle so long.
    private static readonly TimeSpan LookAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly List<PodConnection> _idle = [];
    private bool _closed;
    private bool _listed;

    /// <summary>Whether the pool is on the list of those to prune.</summary>
    public bool IsListed
    {
        get => Volatile.Read(ref _listed);
        set => Volatile.Write(ref _listed, value);
    }

    public bool IsEmpty
    {
        get
        {
            lock (_lock) return _idle.Count == 0;
        }
    }

    /// <summary>An open connection, or null.</summary>
    /// <param name="careful">Make sure that the pod has not closed it: for a request that cannot be sent again, or has been already.</param>
    public PodConnection? Take(bool careful)
    {
        while (true)
        {
            PodConnection connection;
            lock (_lock)
            {
                if (_idle.Count == 0) return null;
                connection = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
            }
            var idle = time.GetElapsedTime(connection.IdleSince);
            if (idle < idleTimeout && !((careful || idle > LookAfter) && connection.IsStale())) return connection;
            connection.Dispose();
        }
    }

    /// <summary>Gives a connection back for the next request.</summary>
    public void Return(PodConnection connection)
    {
        connection.IdleSince = time.GetTimestamp();
        var kept = false;
        lock (_lock)
        {
            if (!_closed && _idle.Count < MaxIdle)
            {
                _idle.Add(connection);
                kept = true;
            }
        }
        if (!kept) connection.Dispose();
        else if (!IsListed) filled(this);
    }

    /// <summary>Closes all idle connections: one that broke says that the others are no better.</summary>
    public void Clear() => Close(all: true);

    /// <summary>Closes those that have been idle too long.</summary>
    public void Prune() => Close(all: false);

    /// <summary>Closes them all, and every one that is given back from now on.</summary>
    public void Dispose()
    {
        lock (_lock) _closed = true;
        Clear();
    }

    private void Close(bool all)
    {
        PodConnection[] old;
        lock (_lock)
        {
            // The oldest stand first.
            var count = all ? _idle.Count : _idle.FindIndex(c => time.GetElapsedTime(c.IdleSince) < idleTimeout);
            if (count < 0) count = _idle.Count;
            old = [.. _idle.Take(count)];
            _idle.RemoveRange(0, count);
        }
        foreach (var connection in old) connection.Dispose();
    }
}
