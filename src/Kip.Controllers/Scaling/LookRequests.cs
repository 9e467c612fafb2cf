using System.Threading.Channels;
using Kip.Resources;

namespace Kip.Controllers.Scaling;

/// <summary>Revisions that somebody wants looked at: each once, however often it is asked for, so there are never more than revisions.</summary>
internal sealed class LookRequests
{
    private readonly Lock _lock = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1)
    {
        FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true,
    });

    private HashSet<NamespacedName> _waiting = [];

    /// <summary>Readable when something waits.</summary>
    public ChannelReader<bool> Signal => _signal.Reader;

    public void Add(NamespacedName key)
    {
        bool isFirst;
        lock (_lock) isFirst = _waiting.Add(key) && _waiting.Count == 1;
        if (isFirst) _signal.Writer.TryWrite(true);
    }

    /// <summary>Takes all that waits.</summary>
    public IReadOnlyCollection<NamespacedName> Take()
    {
        _signal.Reader.TryRead(out _);
        lock (_lock)
        {
            var taken = _waiting;
            _waiting = [];
            return taken;
        }
    }
}
