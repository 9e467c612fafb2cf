using Kip.Resources;

namespace Kip.ApiServer.Storage.Feeds;

/// <summary>Who follows a kind, found by namespace, so that a change costs nothing for those who do not care. Its owner locks.</summary>
internal sealed class KindFeeds
{
    private readonly List<ChangeFeed> _ofAll = [];
    private readonly Dictionary<string, List<ChangeFeed>> _ofOne = [];

    public IEnumerable<ChangeFeed> All => _ofAll.Concat(_ofOne.Values.SelectMany(static feeds => feeds));

    public void Add(ChangeFeed feed)
    {
        if (feed.Scope.Namespace is not { } space) _ofAll.Add(feed);
        else if (_ofOne.TryGetValue(space, out var feeds)) feeds.Add(feed);
        else _ofOne[space] = [feed];
    }

    public void Remove(ChangeFeed feed)
    {
        if (feed.Scope.Namespace is not { } space) _ofAll.Remove(feed);
        else if (_ofOne.TryGetValue(space, out var feeds) && feeds.Remove(feed) && feeds.Count == 0) _ofOne.Remove(space);
    }

    /// <summary>Adds those who care for an object to a list, and tells them at which position of the history its change is.</summary>
    public void Tell(KindDefinition kind, NamespacedName name, long position, List<ChangeFeed> concerned)
    {
        Tell(_ofAll);
        if (_ofOne.TryGetValue(name.Namespace, out var feeds)) Tell(feeds);

        void Tell(List<ChangeFeed> feeds)
        {
            foreach (var feed in feeds)
            {
                if (!feed.Scope.Includes(name)) continue;
                feed.Note_NeedsLock(kind, position);
                concerned.Add(feed);
            }
        }
    }
}
