using Kip.Resources;

namespace Kip.Client.Informers;

/// <summary>One listener of an informer: gets every change once, in order, one at a time, outside all locks.</summary>
/// <remarks>
/// Two threads can have changes for it at the same moment: the one that subscribes (replaying what is there) and the informer's. Whoever comes
/// second leaves its change in the queue for the first.
/// </remarks>
/// <param name="handler">Called with the object as it was and as it is now.</param>
internal sealed class Subscription(Action<Resource?, Resource?> handler, Action<Exception> failed)
{
    private readonly Lock _lock = new();
    private readonly Queue<(Resource? Old, Resource? New)> _queue = new();
    private bool _delivering;
    private bool _ended;

    public void Enqueue(Resource? old, Resource? now)
    {
        lock (_lock) _queue.Enqueue((old, now));
    }

    public void Deliver()
    {
        lock (_lock)
        {
            if (_delivering) return;
            _delivering = true;
        }
        while (TryNext(out var change))
        {
            try
            {
                handler(change.Old, change.New);
            }
            catch (Exception e)
            {
                // A listener's bug must not cost the others their changes.
                failed(e);
            }
        }
    }

    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            _queue.Clear();
        }
    }

    private bool TryNext(out (Resource? Old, Resource? New) change)
    {
        lock (_lock)
        {
            if (!_ended && _queue.TryDequeue(out change)) return true;
            change = default;
            _delivering = false;
            return false;
        }
    }
}
