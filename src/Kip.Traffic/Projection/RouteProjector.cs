using System.Threading.Channels;
using Kip.Client.Informers;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Networking;
using Kip.Resources.Serving;
using Kip.Rules.Networking;
using Kip.Traffic.Activation;
using Kip.Traffic.Routing;
using Microsoft.Extensions.Logging;
using Service = Kip.Resources.Core.Service;

namespace Kip.Traffic.Projection;

/// <summary>Keeps the route table and the revisions' pods as the caches say. Pods take effect at once, routes in one new table per batch of changes.</summary>
/// <remarks>
/// An Ingress that names a revision not seen yet leaves what was there before it in force until the revision comes: caches of two kinds do not
/// keep step, and a route that works is not broken for that.
/// </remarks>
internal sealed partial class RouteProjector
{
    private readonly Lock _lock = new();
    private readonly Dictionary<NamespacedName, Ingress?> _changes = [];
    private readonly HashSet<NamespacedName> _live = [];
    private readonly Dictionary<NamespacedName, Ingress> _held = [];
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly RevisionBackends _backends;
    private readonly Func<NamespacedName, bool> _isService;
    private readonly RouteTableBuilder _builder;
    private readonly IngressStatusWriter _statuses;
    private readonly ILogger _logger;
    private volatile RouteTable _table = RouteTable.Empty;

    public RouteProjector(
        RevisionBackends backends, Func<NamespacedName, bool> isService, IngressStatusWriter statuses, ILoggerFactory loggers)
    {
        _backends = backends;
        _builder = new(backends.GetOrAdd, backends.ForgetIfUnused);
        _isService = isService;
        _statuses = statuses;
        _logger = loggers.CreateLogger<RouteProjector>();
    }

    /// <summary>The routes in force. A request reads this once.</summary>
    public RouteTable Table => _table;

    /// <summary>An ingress came, changed or went; in force after the next <see cref="Project"/>.</summary>
    public void OnIngress(ResourceChange<Ingress> change)
    {
        lock (_lock) _changes[change.Key] = change.New is { } ingress && IngressClasses.IsServed(ingress) ? ingress : null;
        _signal.Writer.TryWrite(true);
    }

    /// <summary>A revision came, changed or went; in force at once.</summary>
    public void OnRevision(ResourceChange<Revision> change)
    {
        if (change.New is { } revision) _backends.Set(revision);
        else _backends.Remove(change.Object);
        if (change.IsAdded) _signal.Writer.TryWrite(true);
    }

    /// <summary>A core Service came: an ingress may wait for it.</summary>
    public void OnService(ResourceChange<Service> change)
    {
        if (change.IsAdded) _signal.Writer.TryWrite(true);
    }

    /// <summary>A pod came, changed or went; in force at once.</summary>
    public void OnPod(ResourceChange<Pod> change)
    {
        if (change.New is { } pod) _backends.Set(pod);
        else _backends.Remove(change.Object);
    }

    /// <summary>Projects whenever something has changed, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            while (await _signal.Reader.WaitToReadAsync(cancel))
            {
                _signal.Reader.TryRead(out _);
                Project();
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    /// <summary>Takes in all changes so far and puts one new table in force. One caller at a time.</summary>
    public void Project()
    {
        Dictionary<NamespacedName, Ingress?> changes;
        lock (_lock)
        {
            changes = new(_changes);
            _changes.Clear();
        }
        foreach (var (key, held) in _held) changes.TryAdd(key, held);
        foreach (var (key, ingress) in changes) Apply(key, ingress);
        if (_builder.HasChanges)
        {
            _table = _builder.ToTable(_table, _table.Version + 1);
            LogTable(_table.Version, _table.HostCount);
        }
        // Only now is it true that they are served.
        foreach (var ingress in changes.Values)
            if (ingress is not null) _statuses.Report(ingress, Missing(ingress));
    }

    private void Apply(NamespacedName key, Ingress? ingress)
    {
        _held.Remove(key);
        if (ingress is null)
        {
            _live.Remove(key);
            _builder.Remove(key);
            return;
        }
        var complete = Missing(ingress).Count == 0;
        if (!complete) _held[key] = ingress;
        if (!complete && _live.Contains(key)) return;
        _live.Add(key);
        _builder.Set(ingress);
    }

    private HashSet<NamespacedName> Missing(Ingress ingress) =>
    [
        .. ingress.Spec.Rules.SelectMany(static rule => rule.Http?.Paths ?? default)
            // A host that stands for another need not have a revision of its own.
            .Where(static path => string.IsNullOrEmpty(path.RewriteHost)).SelectMany(static path => path.Splits)
            .Select(static split => new NamespacedName(split.ServiceNamespace, split.ServiceName))
            .Where(name => _backends.Find(name)?.Settings is null && !_isService(name)),
    ];

    [LoggerMessage(400, LogLevel.Debug, "Route table {version} is in force: {hosts} hosts")]
    private partial void LogTable(long version, int hosts);
}
