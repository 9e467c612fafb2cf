using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;
using Kip.Rules.Serving.GarbageCollection;

namespace Kip.Controllers.Serving;

/// <summary>Deletes Revisions that nothing has referred to for long, as <c>config-gc</c> says.</summary>
public sealed class GarbageCollectionReconciler : IReconciler
{
    private IIndexer<Configuration> _configurations = null!;
    private IIndexer<Revision> _revisions = null!;
    private ServingConfigCache _config = null!;

    public KindDefinition Kind => Configuration.Definition;

    public void Watch(IWatchBuilder watch)
    {
        _configurations = watch.Own<Configuration>();
        _revisions = watch.OwnedBy<Revision>();
        _config = new ServingConfigCache(watch.Related<ConfigMap>(All));
    }

    public Plan Plan(NamespacedName key, DateTimeOffset now) => _configurations.Get(key) is { Metadata.DeletionTimestamp: null } configuration
        ? GarbageCollectionPlanner.Plan(new GarbageCollectionView
        {
            Configuration = configuration,
            Revisions = [.. _revisions.OwnedBy(configuration.Metadata.Uid ?? "")],
            Config = _config.Current.GarbageCollection,
            Now = now,
        })
        : Resources.Planning.Plan.Nothing;

    private IEnumerable<NamespacedName> All(ConfigMap map) =>
        map.Metadata.Name == GarbageCollectionConfig.MapName && ServingConfigCache.Reads(map)
            ? _configurations.List().Select(static c => c.Key).ToArray()
            : [];
}
