using Kip.Resources;

namespace Kip.Client.Informers;

/// <summary>One listener of an informer: gets every change once, in order, one at a time, outside all locks.</summary>
/// <remarks>
/// Two threads can have changes for it at the same moment: the one that subscribes (replaying what is there) and the informer's. Whoever comes
/// second leaves its change in the queue for the first.
/// </remarks>
internal sealed class Subscription<T>(Action<ResourceChange<T>> handler, Action<Exception> failed) where T : Resource, IResource
{
    private readonly Lock _lock = new();
    private readonly Queue<ResourceChange<T>> _queue = new();
    private bool _delivering;
    private bool _ended;

    public void Enqueue(ResourceChange<T> change)
    {
        lock (_lock) _queue.Enqueue(change);
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
                handler(change);
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

    private bool TryNext(out ResourceChange<T> change)
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
