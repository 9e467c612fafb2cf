using System.Runtime.CompilerServices;
using Kip.ApiServer.Storage;
using Kip.Client;
using Kip.Resources;

namespace Kip.ApiServer.Registry;

/// <summary>Watches: the state of one moment joined without a gap to every change after it.</summary>
internal sealed class ResourceWatcher(Store store, TimeProvider time, TimeSpan bookmarkPeriod)
{
    /// <summary>On the bookmark that ends the initial events, as Kubernetes' streaming lists have it.</summary>
    public const string InitialEventsEnd = "k8s.io/initial-events-end";

    /// <summary>Checks the request now; the watch itself begins when it is read.</summary>
    public IAsyncEnumerable<WatchEvent> Watch(KindDefinition kind, ListOptions options, bool sendInitialEvents, CancellationToken cancel)
    {
        var selection = Selection.Of(kind, options);
        var after = ResourceReader.Version(options.ResourceVersion, store.Version);
        if (after is not null && !sendInitialEvents)
        {
            using var probe = store.FollowAfter(kind, after.Value) ?? throw TooOld(after.Value);
            return RunAsync(kind, selection, after, options.AllowBookmarks, false, cancel);
        }
        return RunAsync(kind, selection, null, options.AllowBookmarks, sendInitialEvents, cancel);
    }

    private async IAsyncEnumerable<WatchEvent> RunAsync(
        KindDefinition kind, Selection selection, long? after, bool bookmarks, bool sendInitialEvents, [EnumeratorCancellation] CancellationToken cancel)
    {
        KindTable[] tables = [];
        var version = after ?? 0;
        using var feed = after is null
            ? store.Follow([kind], out tables, out version)
            : store.FollowAfter(kind, after.Value) ?? throw TooOld(after.Value);
        foreach (var resource in tables.SelectMany(table => table.In(selection.Namespace)).Where(selection.Matches))
            yield return new WatchEvent(WatchEventType.Added, resource);
        if (sendInitialEvents) yield return Bookmark(kind, version, last: true);

        var due = false;
        using var timer = bookmarks ? NewTimer(feed, () => due = true) : null;
        var changes = new List<Change>();
        do
        {
            cancel.ThrowIfCancellationRequested();
            // Read before the changes: what is read afterwards includes every change up to here.
            var reached = store.Version;
            if (!feed.TryRead(changes)) throw ApiException.Expired("the watch fell too far behind: list again and watch from there");
            foreach (var change in changes)
                if (EventOf(change, selection) is { } happened) yield return happened;
            if (changes.Count > 0) feed.Wake();
            else if (due)
            {
                due = false;
                yield return Bookmark(kind, reached, last: false);
            }
            changes.Clear();
        }
        while (await feed.WaitAsync(cancel));
    }

    private ITimer NewTimer(ChangeFeed feed, Action isDue) => time.CreateTimer(
        _ =>
        {
            isDue();
            feed.Wake();
        },
        null, bookmarkPeriod, bookmarkPeriod);

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
