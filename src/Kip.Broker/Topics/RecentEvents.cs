using Kip.Brokers.Records;

namespace Kip.Brokers.Topics;

/// <summary>The newest events of a topic in memory, so that subscriptions that keep up read nothing from the disk. Bounded in number and bytes.</summary>
internal sealed class RecentEvents
{
    private const int Slots = 4096;
    private const long MaxBytes = 4 << 20;

    private readonly Lock _lock = new();
    private StoredEvent?[]? _ring;
    private ulong _oldest;
    private ulong _newest;
    private long _bytes;

    public void Add(StoredEvent stored)
    {
        lock (_lock)
        {
            _ring ??= new StoredEvent?[Slots];
            if (_bytes == 0) _oldest = stored.Offset;
            // Two appends may come here in the wrong order; the ring has a place for each.
            _oldest = Math.Min(_oldest, stored.Offset);
            _newest = Math.Max(_newest, stored.Offset);
            ref var slot = ref _ring[stored.Offset % Slots];
            _bytes += stored.Record.Length - (slot?.Record.Length ?? 0);
            slot = stored;
            while (_bytes > MaxBytes && _oldest < _newest) Forget_NeedsLock(_oldest++);
        }
    }

    public StoredEvent? Get(ulong offset)
    {
        var ring = Volatile.Read(ref _ring);
        if (ring is null) return null;
        var stored = Volatile.Read(ref ring[offset % Slots]);
        return stored?.Offset == offset ? stored : null;
    }

    /// <summary>Gives the memory back.</summary>
    public void Clear()
    {
        lock (_lock) (_ring, _bytes) = (null, 0);
    }

    private void Forget_NeedsLock(ulong offset)
    {
        ref var slot = ref _ring![offset % Slots];
        if (slot is null || slot.Offset > offset) return;
        _bytes -= slot.Record.Length;
        slot = null;
    }
}
