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
        _pods = watch.Related<Pod>(ServicesOf);
    }

    public Plan Plan(NamespacedName key, DateTimeOffset now)
    {
        if (_services.Get(key) is not { } service || service.Spec.Selector.IsEmpty) return Resources.Planning.Plan.Nothing;
        var (label, value) = (service.Spec.Selector.AsSpan()[0].Key, service.Spec.Selector.AsSpan()[0].Value);
        return EndpointsPlanner.Plan(new EndpointsView(service, [.. _pods.WithLabel(key.Namespace, label, value)], _endpoints.Get(key)));
    }

    private IEnumerable<NamespacedName> ServicesOf(Pod pod)
    {
        // A machine has few Services with selectors; the pods of Knative revisions have none.
        foreach (var service in _services.List())
            if (service.Metadata.Namespace == pod.Metadata.Namespace && Selects(service, pod)) yield return service.Key;
    }

    private static bool Selects(Service service, Pod pod)
    {
        if (service.Spec.Selector.IsEmpty) return false;
        foreach (var (key, value) in service.Spec.Selector)
            if (pod.Metadata.Labels.Get(key) != value) return false;
        return true;
    }
}
