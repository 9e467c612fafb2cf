using Kip.ApiServer.Storage;
using Kip.Client;
using Kip.Log;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Core;
using Kip.Testing.Log;
using Kip.Testing.Registry;
using Kip.Tests.ApiServer.Storage;
using Shouldly;

namespace Kip.Tests.ApiServer.Model;

/// <summary>The real registry from one start to the next, and everything that watches saw of it.</summary>
internal sealed class ModelLife
{
    private static readonly string[] Selectors = ["", "tier", "tier=gold", "tier notin (gold)"];

    private readonly List<(KindDefinition Kind, string Selector, long After, WatchLog Log)> _watches = [];

    public ModelLife(FaultyFiles files, int seed)
    {
        Files = files;
        var (random, ids) = (new Random(seed), 0);
        // Of this life alone: what an earlier one gave away is not given again.
        Registry = new TestRegistry(time => Store = DiskStore.OpenStore(files, time), seed, options => options with
        {
            NewUid = () => $"uid-{seed}-{++ids}",
            NameSuffix = length => new string(random.GetItems("bcdfghjklmnpqrstvwxz2456789".AsSpan(), length)),
        }).WithLoops();
        // What is there at the beginning is not shown before it is on disk.
        var flushed = Registry.Verbs.FlushedAsync(default);
        if (!flushed.IsCompletedSuccessfully) throw new InvalidOperationException("the disk does its work at once");
        Acknowledged = Opened = Store.Version;
        foreach (var kind in Kinds)
            foreach (var selector in Selectors) Watch(kind, selector, null);
    }

    /// <summary>The kinds that the operations are on.</summary>
    public static IReadOnlyList<KindDefinition> Kinds { get; } = [ConfigMap.Definition, Deployment.Definition];

    public FaultyFiles Files { get; }

    public TestRegistry Registry { get; }

    public Store Store { get; private set; } = null!;

    /// <summary>The version that this life began with.</summary>
    public long Opened { get; }

    /// <summary>The version of the latest change that a caller knows to be stored.</summary>
    public long Acknowledged { get; private set; }

    public void Acknowledge() => Acknowledged = Store.Version;

    /// <summary>Every object of the kinds, at a version that is still remembered.</summary>
    public Dictionary<string, Resource> At(long version) => Kip.Resources.Kinds.All
        .SelectMany(kind => (Store.ReadAt(kind, version) ?? throw new InvalidOperationException($"version {version} is forgotten")).In(null))
        .ToDictionary(static r => ObjectId.Of(r).ToString());

    /// <summary>The versions after the one that is acknowledged, in order.</summary>
    public IEnumerable<long> Since()
    {
        var changes = new List<Change>();
        foreach (var kind in Kip.Resources.Kinds.All)
        {
            using var feed = Store.FollowAfter(kind, Acknowledged)!;
            feed.TryRead(changes);
        }
        return changes.Select(static c => c.Version).Order();
    }

    /// <summary>Watches a kind from an earlier version on, as a client does that lost its connection.</summary>
    public void Resume(KindDefinition kind, long after) => Watch(kind, "", after);

    /// <summary>Whether every watch told a story that leads to what there is, in one order.</summary>
    public void CheckStories(IReadOnlyCollection<ModelObject> now, string where)
    {
        Registry.Settle();
        foreach (var (kind, selector, after, log) in _watches.Where(static w => w.After < 0))
        {
            var played = Play(log, $"{where}, watch of {kind.Kind} {selector}");
            played.Values.ShouldBe(
                now.Where(o => o.Key.Kind == kind.Kind && ModelSelection.Matches(selector, o)), ignoreOrder: true,
                $"{where}, watch of {kind.Kind} {selector}");
        }
        foreach (var (kind, _, after, log) in _watches.Where(static w => w.After >= 0))
        {
            var whole = _watches.First(w => w.Kind == kind && w.Selector.Length == 0 && w.After < 0).Log;
            Lines(log).ShouldBe(Lines(whole).Where(line => line.Version > after), $"{where}, watch of {kind.Kind} from {after}");
        }
    }

    private void Watch(KindDefinition kind, string selector, long? after)
    {
        var options = new ListOptions { LabelSelector = selector, ResourceVersion = after?.ToString() };
        var log = kind == ConfigMap.Definition ? Registry.Watch<ConfigMap>(options) : Registry.Watch<Deployment>(options);
        _watches.Add((kind, selector, after ?? -1, log));
    }

    // No event that does not fit what was told before, and versions that only grow once the first state has been told.
    private Dictionary<ModelKey, ModelObject> Play(WatchLog log, string where)
    {
        var (played, version) = (new Dictionary<ModelKey, ModelObject>(), 0L);
        foreach (var happened in log.Seen.Where(static e => ModelSelection.IsOurs(e.Object)))
        {
            var seen = ModelObject.See(happened.Object);
            played.ContainsKey(seen.Key).ShouldBe(happened.Type != WatchEventType.Added, $"{where}: {happened.Type} {seen.Key} at {seen.Version}");
            // The state at the beginning comes by name.
            if (seen.Version > Opened)
            {
                seen.Version.ShouldBeGreaterThan(version, $"{where}: {happened.Type} {seen.Key}");
                version = seen.Version;
            }
            if (happened.Type == WatchEventType.Deleted) played.Remove(seen.Key);
            else played[seen.Key] = seen;
        }
        return played;
    }

    private static IEnumerable<(WatchEventType Type, ModelKey Key, long Version)> Lines(WatchLog log) =>
        log.Seen.Select(static e => (e.Type, ModelKey.Of(e.Object), long.Parse(e.Object.Metadata.ResourceVersion!)));
}
