using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Networking;
using Kip.Resources.Planning;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Rollouts;
using Kip.Rules.Serving.Routes;

namespace Kip.Controllers.Serving;

/// <summary>Keeps every Route's Ingress, and says under which names the Route is reached and what it serves.</summary>
public sealed class RouteReconciler : ObjectReconciler<Route>
{
    private readonly ReferenceTracker<NamespacedName> _configurationsWatched = new();
    private readonly ReferenceTracker<NamespacedName> _revisionsWatched = new();
    private IIndexer<Configuration> _configurations = null!;
    private IIndexer<Revision> _revisions = null!;
    private IIndexer<Ingress> _ingresses = null!;
    private IIndexer<Certificate> _certificates = null!;
    private ServingConfigCache _config = null!;

    protected override void WatchOthers(IWatchBuilder watch)
    {
        _ingresses = watch.OwnedBy<Ingress>();
        _certificates = watch.OwnedBy<Certificate>();
        _configurations = watch.Related<Configuration>(c => _configurationsWatched.Of(c.Key));
        _revisions = watch.Related<Revision>(r => _revisionsWatched.Of(r.Key));
        _config = new ServingConfigCache(watch.Related<ConfigMap>(All));
    }

    protected override Plan Plan(Route route, DateTimeOffset now)
    {
        if (route.Metadata.DeletionTimestamp is not null)
        {
            Forget(route.Key);
            return Resources.Planning.Plan.Nothing;
        }
        var configurations = Configurations(route);
        var ingress = _ingresses.Get(route.Key);
        return RoutePlanner.Plan(new RouteView
        {
            Route = route,
            Configurations = [.. configurations],
            Revisions = [.. Revisions(route, configurations, ingress)],
            Ingress = ingress,
            Certificates = [.. _certificates.OwnedBy(route.Metadata.Uid ?? "")],
            Config = _config.Current,
            Now = now,
        });
    }

    protected override void Forget(NamespacedName key)
    {
        _configurationsWatched.Set(key, []);
        _revisionsWatched.Set(key, []);
    }

    private List<Configuration> Configurations(Route route)
    {
        var names = route.Spec.Traffic.Where(static t => !string.IsNullOrEmpty(t.ConfigurationName))
            .Select(t => new NamespacedName(route.Metadata.Namespace, t.ConfigurationName!)).Distinct().ToArray();
        _configurationsWatched.Set(route.Key, names);
        return [.. names.Select(_configurations.Get).OfType<Configuration>()];
    }

    private IEnumerable<Revision> Revisions(Route route, List<Configuration> configurations, Ingress? ingress)
    {
        // Those that a gradual rollout comes from are served until it is over.
        var rolling = RolloutJson.Read(ingress?.Metadata.Annotations.Get(ServingAnnotations.Rollout)).Configurations
            .SelectMany(static c => c.Revisions).Select(static r => r.RevisionName);
        var names = route.Spec.Traffic.Select(static t => t.RevisionName)
            .Concat(configurations.Select(static c => c.Status.LatestReadyRevisionName))
            .Concat(route.Status.Traffic.Select(static t => t.RevisionName)).Concat(rolling)
            .Where(static n => !string.IsNullOrEmpty(n)).Select(n => new NamespacedName(route.Metadata.Namespace, n!)).Distinct().ToArray();
        _revisionsWatched.Set(route.Key, names);
        return names.Select(_revisions.Get).OfType<Revision>();
    }

    private IEnumerable<NamespacedName> All(ConfigMap map) =>
        ServingConfigCache.Reads(map) ? Objects.List().Select(static r => r.Key).ToArray() : [];
}
