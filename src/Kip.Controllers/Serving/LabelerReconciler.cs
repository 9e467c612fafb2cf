using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Planning;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Labeling;

namespace Kip.Controllers.Serving;

/// <summary>Marks Configurations and Revisions with the Routes that refer to them.</summary>
public sealed class LabelerReconciler : IReconciler
{
    private readonly ReferenceTracker<NamespacedName> _configurationsWatched = new();
    private readonly ReferenceTracker<NamespacedName> _revisionsWatched = new();
    private readonly MarkIndex _configurationsMarked = new();
    private readonly MarkIndex _revisionsMarked = new();
    private IIndexer<Route> _routes = null!;
    private IIndexer<Configuration> _configurations = null!;
    private IIndexer<Revision> _revisions = null!;

    public KindDefinition Kind => Route.Definition;

    public void Watch(IWatchBuilder watch)
    {
        _routes = watch.Own<Route>();
        // Changes enqueue the Routes that an object names, those gone included: so their marks are cleared even after a restart.
        _configurations = watch.Related<Configuration>(c => _configurationsMarked.Note(c).Concat(_configurationsWatched.Of(c.Key)), LabelerPlanner.Reads);
        _revisions = watch.Related<Revision>(r => _revisionsMarked.Note(r).Concat(_revisionsWatched.Of(r.Key)), LabelerPlanner.Reads);
    }

    public Plan Plan(NamespacedName key, DateTimeOffset now)
    {
        var route = _routes.Get(key);
        var configurations = Wanted<Configuration>(key, Targets(route, static t => t.ConfigurationName), _configurationsWatched,
            _configurations.Get)
            .Concat(_configurationsMarked.Of(key, _configurations.Get)).DistinctBy(static c => c.Metadata.Name).ToArray();
        var latest = configurations.Select(static c => c.Status.LatestCreatedRevisionName);
        var revisions = Wanted<Revision>(key, Targets(route, static t => t.RevisionName).Concat(latest), _revisionsWatched, _revisions.Get)
            .Concat(_revisionsMarked.Of(key, _revisions.Get)).DistinctBy(static r => r.Metadata.Name).ToArray();
        return LabelerPlanner.Plan(new LabelerView
        {
            Key = key,
            Route = route,
            Configurations = [.. configurations.Concat(Owners(key, route, revisions)).DistinctBy(static c => c.Metadata.Name)],
            Revisions = [.. revisions],
            Now = now,
        });
    }

    private static IEnumerable<string?> Targets(Route? route, Func<TrafficTarget, string?> name) =>
        route is null ? [] : route.Spec.Traffic.Concat(route.Status.Traffic).Select(name);

    private static IEnumerable<T> Wanted<T>(
        NamespacedName route, IEnumerable<string?> names, ReferenceTracker<NamespacedName> tracker, Func<NamespacedName, T?> get) where T : Resource
    {
        NamespacedName[] keys =
            [.. names.Where(static n => !string.IsNullOrEmpty(n)).Select(n => new NamespacedName(route.Namespace, n!)).Distinct()];
        tracker.Set(route, keys);
        return [.. keys.Select(get).OfType<T>()];
    }

    // A Route that names a Revision refers to its Configuration too.
    private IEnumerable<Configuration> Owners(NamespacedName key, Route? route, IEnumerable<Revision> revisions) => route is null
        ? []
        : revisions.Select(static r => r.Metadata.Labels.Get(ServingLabels.Configuration)).OfType<string>().Distinct()
            .Select(name => _configurations.Get(new(key.Namespace, name))).OfType<Configuration>();
}
