using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Discovery;
using Kip.Resources.Planning;
using Kip.Runtime.Endpoints;

namespace Kip.Runtime.EndpointSlices;

/// <summary>Gathers what the <see cref="EndpointSlicePlanner"/> decides from.</summary>
public sealed class EndpointSliceReconciler : IReconciler
{
    private IIndexer<Service> _services = null!;
    private IIndexer<EndpointSlice> _slices = null!;
    private IIndexer<Pod> _pods = null!;

    public KindDefinition Kind => Service.Definition;

    public void Watch(IWatchBuilder watch)
    {
        _services = watch.Own<Service>();
        _slices = watch.OwnedBy<EndpointSlice>();
        _pods = watch.Related<Pod>(p => ServicePods.ServicesOf(_services, p));
    }

    public Plan Plan(NamespacedName key, DateTimeOffset now) => _services.Get(key) is { } service
        ? EndpointSlicePlanner.Plan(
            new EndpointSliceView(service, [.. ServicePods.Candidates(_pods, service)], [.. _slices.OwnedBy(service.Metadata.Uid ?? "")]))
        : Resources.Planning.Plan.Nothing;
}
