using System.Collections.Concurrent;
using Kip.Resources;

namespace Kip.Client.Loop;

/// <summary>Until when the statuses that may wait do so; plain state with the clock passed in.</summary>
internal sealed class PutOffStatuses
{
    private readonly ConcurrentDictionary<NamespacedName, DateTimeOffset> _due = new();

    /// <summary>How long the key's status may still wait, counted from when it was put off first, however often it changes. Null: no longer.</summary>
    public TimeSpan? Left(NamespacedName key, TimeSpan within, DateTimeOffset now)
    {
        var left = _due.GetOrAdd(key, now + within) - now;
        return left > TimeSpan.Zero ? left : null;
    }

    /// <summary>It was written, or there is nothing to write any more.</summary>
    public void Forget(NamespacedName key)
    {
        if (!_due.IsEmpty) _due.TryRemove(key, out _);
    }
}
