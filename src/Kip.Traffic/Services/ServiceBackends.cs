using System.Collections.Concurrent;
using Kip.Client.Informers;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Traffic.Activation;
using Kip.Traffic.Routing;

namespace Kip.Traffic.Services;

/// <summary>Core Services as the gateway serves them: by their Endpoints, or as another name. A Service costs nothing until somebody calls it.</summary>
internal sealed class ServiceBackends(IIndexer<Service> services, IIndexer<Endpoints> endpoints, Func<NamespacedName, RevisionBackend> create)
{
    // For workloads behind Services nobody but the client sets a limit of time (Kubernetes has none).
    private static readonly RevisionSettings Http1 = new() { Timeout = TimeSpan.Zero };
    private static readonly RevisionSettings Http2 = Http1 with { IsHttp2 = true };

    private readonly ConcurrentDictionary<NamespacedName, CalledService> _called = [];

    /// <summary>How many Services have been called and are still there.</summary>
    public int Count => _called.Count;

    /// <summary>Whether there is such a Service.</summary>
    public bool Knows(NamespacedName name) => services.Get(name) is not null;

    /// <summary>What a Service's port leads to.</summary>
    /// <param name="port">A number or name; null: port 80, or the only one.</param>
    public ServiceMatch Find(NamespacedName name, string? port)
    {
        if (services.Get(name) is not { } service) return new(ServiceMatchKind.NoService);
        if (service.Spec.Type == "ExternalName") return new(ServiceMatchKind.Alias, Host: Alias(service, port));
        if (ServicePorts.Choose(service, port) is not { } chosen) return new(ServiceMatchKind.NoPort, Host: Describe(service));
        var called = _called.GetOrAdd(name, static _ => new());
        return new(ServiceMatchKind.Served, called.GetOrAdd(chosen.Name ?? "", () => new(create(name)), target => Refresh(target, service, chosen)));
    }

    /// <summary>A Service came, changed or went.</summary>
    public void OnService(ResourceChange<Service> change)
    {
        if (change.New is not { } service) Forget(change.Key);
        else RefreshAll(service);
    }

    /// <summary>Endpoints came, changed or went.</summary>
    public void OnEndpoints(ResourceChange<Endpoints> change)
    {
        if (services.Get(change.Key) is { } service) RefreshAll(service);
    }

    /// <summary>Takes a pod out wherever it stands behind a Service. Completes when its last request has gone.</summary>
    public Task DrainAsync(NamespacedName pod, string uid) =>
        Task.WhenAll(_called.Where(c => c.Key.Namespace == pod.Namespace).SelectMany(static c => c.Value.Targets)
            .Select(t => t.Backend.DrainAsync(pod.Name, uid)));

    private void RefreshAll(Service service)
    {
        if (_called.TryGetValue(service.Key, out var called))
            called.Refresh((port, target) => Refresh(target, service, service.Spec.Ports.FirstOrDefault(p => (p.Name ?? "") == port)));
    }

    // Called under the service's lock, after what called has put the change into the cache: so the last to come sees all changes.
    private void Refresh(SplitTarget target, Service service, ServicePort? port)
    {
        if (port is null) target.Backend.SetAddresses(Http1, []);
        else target.Backend.SetAddresses(ServicePorts.IsHttp2(port) ? Http2 : Http1, ServicePorts.Addresses(port, endpoints.Get(service.Key)));
    }

    private void Forget(NamespacedName name)
    {
        if (!_called.TryRemove(name, out var called)) return;
        foreach (var target in called.Targets) target.Backend.ClearAddresses();
    }

    private static string Alias(Service service, string? port) =>
        port is null ? service.Spec.ExternalName ?? "" : $"{service.Spec.ExternalName}:{port}";

    private static string Describe(Service service) =>
        service.Spec.Ports.IsEmpty ? "none" : string.Join(", ", service.Spec.Ports.Select(static p => p.Name is null ? $"{p.Port}" : $"{p.Port} ({p.Name})"));

    /// <summary>The ports of one Service that have been called.</summary>
    private sealed class CalledService
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<string, SplitTarget> _ports = [];

        public IReadOnlyList<SplitTarget> Targets
        {
            get
            {
                lock (_lock) return [.. _ports.Values];
            }
        }

        public SplitTarget GetOrAdd(string port, Func<SplitTarget> create, Action<SplitTarget> refresh)
        {
            lock (_lock)
            {
                if (_ports.TryGetValue(port, out var present)) return present;
                var made = create();
                _ports.Add(port, made);
                refresh(made);
                return made;
            }
        }

        public void Refresh(Action<string, SplitTarget> refresh)
        {
            lock (_lock)
            {
                foreach (var (port, target) in _ports) refresh(port, target);
            }
        }
    }
}

/// <summary>What became of looking for a Service.</summary>
internal enum ServiceMatchKind
{
    NoService,
    NoPort,

    /// <summary>It stands for another host.</summary>
    Alias,

    /// <summary>Its addresses are known, even if there are none now.</summary>
    Served,
}

/// <param name="Target">Where requests go, when served.</param>
/// <param name="Host">The other host of an alias; the ports there are when the one asked for is missing.</param>
internal readonly record struct ServiceMatch(ServiceMatchKind Kind, SplitTarget? Target = null, string Host = "");
