using System.Threading.Channels;
using Kip.Resources;

namespace Kip.ApiServer.Storage.Feeds;

/// <summary>A place in the history of some kinds, and a signal when there is more to read.</summary>
/// <remarks>
/// It holds no changes of its own; within a kind they come in order. Changes outside its scope do not wake it, but what it reads may hold
/// some of them.
/// </remarks>
public sealed class ChangeFeed : IDisposable
{
    private const int Batch = 128;
    private const long Nothing = -1;

    private readonly Store _store;
    private readonly KindDefinition[] _kinds;

    // Where the first change is that is to be read; Nothing when there is none. The store locks.
    private readonly long[] _positions;
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    internal ChangeFeed(Store store, KindDefinition[] kinds, FeedScope scope)
    {
        (_store, _kinds, Scope) = (store, kinds, scope);
        _positions = new long[kinds.Length];
        Array.Fill(_positions, Nothing);
    }

    /// <summary>Whose changes wake it.</summary>
    internal FeedScope Scope { get; }

    /// <summary>Whether a read left something that it had no room for. What comes later makes a wait return.</summary>
    public bool HasMore => Array.Exists(_positions, static position => position != Nothing);

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
            if (!_store.ReadHistory(_kinds[i], _kinds.Length == 1, ref _positions[i], Batch, into)) return false;
        return true;
    }

    public void Dispose() => _store.Unfollow(this, _kinds);

    /// <summary>There is a change at this position of a kind's history.</summary>
    internal void Note_NeedsLock(KindDefinition kind, long position)
    {
        ref var first = ref _positions[Array.IndexOf(_kinds, kind)];
        if (first == Nothing) first = position;
    }

    /// <summary>A kind is gone: a feed of that kind alone ends, one of several finds out when it reads on.</summary>
    internal void CloseIfAlone(KindDefinition kind)
    {
        if (_kinds.All(followed => followed == kind)) Close();
        else Wake();
    }

    internal void Close() => _signal.Writer.TryComplete();

    /// <summary>Reads on in a history from a position that may be <see cref="Nothing"/>; false when the position is no longer there.</summary>
    internal static bool Read_NeedsLock(ChangeHistory history, ref long position, int limit, List<Change> into)
    {
        if (position == Nothing) return true;
        var count = history.Read(position, limit, into);
        if (count < 0) return false;
        position = position + count < history.Next ? position + count : Nothing;
        return true;
    }
}
