using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Services;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Controllers.Serving;

/// <summary>Keeps every Service's Configuration and Route as the Service asks.</summary>
public sealed class ServiceReconciler : IReconciler
{
    private IIndexer<Service> _services = null!;
    private IIndexer<Configuration> _configurations = null!;
    private IIndexer<Route> _routes = null!;
    private IIndexer<Revision> _revisions = null!;
    private ServingConfigCache _config = null!;

    public KindDefinition Kind => Service.Definition;

    public void Watch(IWatchBuilder watch)
    {
        _services = watch.Own<Service>();
        _configurations = watch.OwnedBy<Configuration>();
        _routes = watch.OwnedBy<Route>();
        _revisions = watch.Related<Revision>(static _ => []);
        _config = new ServingConfigCache(watch.Related<ConfigMap>(static _ => []));
    }

    public Plan Plan(NamespacedName key, DateTimeOffset now)
    {
        if (_services.Get(key) is not { Metadata.DeletionTimestamp: null } service) return Resources.Planning.Plan.Nothing;
        var named = service.Spec.Template.Metadata.Name;
        return ServicePlanner.Plan(new ServiceView
        {
            Service = service,
            Configuration = _configurations.Get(key),
            Route = _routes.Get(key),
            NamedRevision = named.Length == 0 ? null : _revisions.Get(new(key.Namespace, named)),
            Config = _config.Current,
            Now = now,
        });
    }
}
