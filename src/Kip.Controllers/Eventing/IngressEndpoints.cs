using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Eventing;

namespace Kip.Controllers.Eventing;

/// <summary>Whether the Services by which events come in have an endpoint; all objects of a kind are looked at when that changes.</summary>
internal sealed class IngressEndpoints
{
    private readonly NamespacedName _service;
    private readonly IIndexer<Service> _services;
    private readonly IIndexer<Endpoints> _endpoints;

    /// <param name="service">The Service's name in Eventing's namespace.</param>
    /// <param name="all">The keys of all objects that depend on it.</param>
    public IngressEndpoints(IWatchBuilder watch, string service, Func<IEnumerable<NamespacedName>> all)
    {
        _service = new(EventingNames.SystemNamespace, service);
        _services = watch.Related<Service>(s => s.Key == _service ? all() : []);
        _endpoints = watch.Related<Endpoints>(e => e.Key == _service ? all() : []);
    }

    public bool Exists => _services.Get(_service) is not null;

    public bool IsUp => _endpoints.Get(_service) is { } endpoints && endpoints.Subsets.Any(static s => !s.Addresses.IsEmpty);
}
