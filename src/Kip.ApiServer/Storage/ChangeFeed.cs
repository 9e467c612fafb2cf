using System.Threading.Channels;
using Kip.Resources;

namespace Kip.ApiServer.Storage;

/// <summary>A place in the history of some kinds, and a signal when there is more to read.</summary>
/// <remarks>It holds no changes of its own; within a kind they come in order.</remarks>
public sealed class ChangeFeed : IDisposable
{
    private const int Batch = 128;

    private readonly Store _store;
    private readonly KindDefinition[] _kinds;
    private readonly long[] _positions;
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    internal ChangeFeed(Store store, KindDefinition[] kinds, long[] positions) => (_store, _kinds, _positions) = (store, kinds, positions);

    /// <summary>Waits until there may be something new. False when the store is closed.</summary>
    public async ValueTask<bool> WaitAsync(CancellationToken cancel)
    {
        if (!await _signal.Reader.WaitToReadAsync(cancel)) return false;
        _signal.Reader.TryRead(out _);
        return true;
    }

    /// <summary>Makes a wait return, as a change does.</summary>
    public void Wake() => _signal.Writer.TryWrite(true);

    /// <summary>Adds the next changes to a list; none when all are read. False when the feed has fallen behind what the history keeps.</summary>
    public bool TryRead(List<Change> into)
    {
        for (var i = 0; i < _kinds.Length; i++)
        {
            var count = _store.ReadHistory(_kinds[i], _positions[i], Batch, into);
            if (count < 0) return false;
            _positions[i] += count;
        }
        return true;
    }

    public void Dispose() => _store.Unfollow(this, _kinds);

    internal void Close() => _signal.Writer.TryComplete();
}
