using System.Runtime.CompilerServices;
using Kip.ApiServer.Storage;
using Kip.ApiServer.Storage.Feeds;
using Kip.Client;
using Kip.Resources;

namespace Kip.ApiServer.Registry;

/// <summary>Watches: the state of one moment joined without a gap to every change after it.</summary>
internal sealed class ResourceWatcher(Store store, TimeProvider time, TimeSpan bookmarkPeriod)
{
    /// <summary>On the bookmark that ends the initial events, as Kubernetes' streaming lists have it.</summary>
    public const string InitialEventsEnd = "k8s.io/initial-events-end";

    // Kubernetes sends its last bookmark as long before the end of a watch.
    private static readonly TimeSpan BeforeEnd = TimeSpan.FromSeconds(2);

    /// <summary>Checks the request now; the watch itself begins when it is read.</summary>
    public IAsyncEnumerable<WatchEvent> Watch(KindDefinition kind, ListOptions options, WatchOptions watch, CancellationToken cancel)
    {
        var selection = Selection.Of(kind, options);
        var current = store.Version;
        var after = ResourceReader.Version(options.ResourceVersion, current);
        if (watch.SendInitialEvents == true) after = null;
        else if (watch.SendInitialEvents == false) after ??= current;
        if (after is not null && !store.Remembers(kind, after.Value)) throw TooOld(after.Value);
        return RunAsync(kind, selection, after, options.AllowBookmarks, watch, cancel);
    }

    private async IAsyncEnumerable<WatchEvent> RunAsync(
        KindDefinition kind, Selection selection, long? after, bool bookmarks, WatchOptions watch, [EnumeratorCancellation] CancellationToken cancel)
    {
        KindTable[] tables = [];
        var version = after ?? 0;
        var scope = new FeedScope(selection.Namespace, selection.Fields.ExactValue("metadata.name"));
        using var feed = after is null
            ? store.Follow([kind], out tables, out version, scope)
            : store.FollowAfter(kind, after.Value, scope) ?? throw TooOld(after.Value);
        foreach (var resource in tables.SelectMany(table => table.In(selection.Namespace)).Where(selection.Matches))
            yield return new WatchEvent(WatchEventType.Added, resource);
        if (bookmarks && watch.SendInitialEvents == true) yield return Bookmark(kind, version, last: true);

        var due = false;
        using var timer = bookmarks ? NewTimer(feed, bookmarkPeriod, bookmarkPeriod, () => due = true) : null;
        using var ending = bookmarks && watch.Lifetime > BeforeEnd
            ? NewTimer(feed, watch.Lifetime.Value - BeforeEnd, Timeout.InfiniteTimeSpan, () => due = true) : null;
        var changes = new List<Change>();
        do
        {
            cancel.ThrowIfCancellationRequested();
            // Read before the changes: what is read afterwards includes every change up to here.
            var reached = store.Version;
            if (!feed.TryRead(changes)) throw ApiException.Expired("the watch fell too far behind: list again and watch from there");
            foreach (var change in changes)
                if (EventOf(change, selection) is { } happened) yield return happened;
            if (changes.Count > 0) reached = changes[^1].Version;
            if (feed.HasMore) feed.Wake();
            if (due)
            {
                due = false;
                yield return Bookmark(kind, reached, last: false);
            }
            changes.Clear();
        }
        while (await feed.WaitAsync(cancel));
    }

    private ITimer NewTimer(ChangeFeed feed, TimeSpan first, TimeSpan period, Action isDue) => time.CreateTimer(
        _ =>
        {
            isDue();
            feed.Wake();
        },
        null, first, period);

    /// <summary>What a change is to those who see only the selected objects: one that begins to match appears, one that ceases to disappears.</summary>
    internal static WatchEvent? EventOf(in Change change, Selection selection) => (selection.Matches(change.Old), selection.Matches(change.New)) switch
    {
        (false, true) => new WatchEvent(WatchEventType.Added, change.New!),
        (true, true) => new WatchEvent(WatchEventType.Modified, change.New!),
        (true, false) => new WatchEvent(WatchEventType.Deleted, WithVersion(change.Old!, change.Version)),
        _ => null,
    };

    private static WatchEvent Bookmark(KindDefinition kind, long version, bool last)
    {
        var marker = WithVersion(EmptyObjects.Of(kind), version);
        if (last) marker = marker with { Metadata = marker.Metadata with { Annotations = StringMap.Of((InitialEventsEnd, "true")) } };
        return new WatchEvent(WatchEventType.Bookmark, marker);
    }

    private static Resource WithVersion(Resource resource, long version) => resource with
    {
        Metadata = resource.Metadata with { ResourceVersion = ResourceReader.Text(version) },
    };

    private static ApiException TooOld(long version) => ApiException.Expired($"too old resource version: {version}: list again and watch from there");
}
