using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Planning;

namespace Kip.Runtime.Endpoints;

/// <summary>Gathers what the <see cref="EndpointsPlanner"/> decides from.</summary>
public sealed class EndpointsReconciler : IReconciler
{
    private IIndexer<Service> _services = null!;
    private IIndexer<Resources.Core.Endpoints> _endpoints = null!;
    private IIndexer<Pod> _pods = null!;

    public KindDefinition Kind => Service.Definition;

    public void Watch(IWatchBuilder watch)
    {
        _services = watch.Own<Service>();
        _endpoints = watch.Related<Resources.Core.Endpoints>(static e => [e.Key]);
        _pods = watch.Related<Pod>(p => ServicePods.ServicesOf(_services, p));
    }

    public Plan Plan(NamespacedName key, DateTimeOffset now)
    {
        if (_services.Get(key) is not { } service || service.Spec.Selector.IsEmpty) return Resources.Planning.Plan.Nothing;
        return EndpointsPlanner.Plan(new EndpointsView(service, [.. ServicePods.Candidates(_pods, service)], _endpoints.Get(key)));
    }
}
