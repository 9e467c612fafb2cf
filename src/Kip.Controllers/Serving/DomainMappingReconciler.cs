using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Networking;
using Kip.Resources.Planning;
using Kip.Resources.Serving;
using Kip.Rules.Serving.DomainMappings;
using CoreService = Kip.Resources.Core.Service;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Controllers.Serving;

/// <summary>Keeps every DomainMapping's claim, Ingress and Certificate.</summary>
public sealed class DomainMappingReconciler : ObjectReconciler<DomainMapping>
{
    private readonly ReferenceTracker<NamespacedName> _targetsWatched = new();
    private readonly ReferenceTracker<NamespacedName> _claimsWatched = new();
    private IIndexer<ClusterDomainClaim> _claims = null!;
    private IIndexer<Ingress> _ingresses = null!;
    private IIndexer<Certificate> _certificates = null!;
    private IIndexer<Service> _services = null!;
    private IIndexer<Route> _routes = null!;
    private IIndexer<CoreService> _coreServices = null!;
    private ServingConfigCache _config = null!;

    protected override void WatchOthers(IWatchBuilder watch)
    {
        _ingresses = watch.OwnedBy<Ingress>();
        _certificates = watch.OwnedBy<Certificate>();
        _claims = watch.Related<ClusterDomainClaim>(c => _claimsWatched.Of(c.Key));
        // One tracker for three kinds: a look too many costs nothing.
        _services = watch.Related<Service>(s => _targetsWatched.Of(s.Key));
        _routes = watch.Related<Route>(r => _targetsWatched.Of(r.Key));
        _coreServices = watch.Related<CoreService>(s => _targetsWatched.Of(s.Key));
        _config = new ServingConfigCache(watch.Related<ConfigMap>(All));
    }

    protected override Plan Plan(DomainMapping mapping, DateTimeOffset now)
    {
        var key = mapping.Key;
        var claim = new NamespacedName("", key.Name);
        _claimsWatched.Set(key, [claim]);
        return DomainMappingPlanner.Plan(new DomainMappingView
        {
            Mapping = mapping,
            Claim = _claims.Get(claim),
            Target = Target(key, mapping.Spec.Ref),
            Ingress = _ingresses.Get(new(key.Namespace, DomainMappingIngress.NameFor(key.Name))),
            Certificate = _certificates.Get(key),
            Config = _config.Current,
            Now = now,
        });
    }

    protected override void Forget(NamespacedName key)
    {
        _targetsWatched.Set(key, []);
        _claimsWatched.Set(key, []);
    }

    private Resource? Target(NamespacedName mapping, KReference? reference)
    {
        if (reference?.Name is not { Length: > 0 } name) return null;
        var key = new NamespacedName(reference.Namespace is { Length: > 0 } space ? space : mapping.Namespace, name);
        _targetsWatched.Set(mapping, [key]);
        return reference switch
        {
            { ApiVersion: "v1", Kind: "Service" } => _coreServices.Get(key),
            { ApiVersion: "serving.knative.dev/v1", Kind: "Service" } => _services.Get(key),
            { ApiVersion: "serving.knative.dev/v1", Kind: "Route" } => _routes.Get(key),
            _ => null,
        };
    }

    private IEnumerable<NamespacedName> All(ConfigMap map) =>
        ServingConfigCache.Reads(map) ? Objects.List().Select(static m => m.Key).ToArray() : [];
}
