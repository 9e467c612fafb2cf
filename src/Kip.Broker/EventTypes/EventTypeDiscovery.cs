using System.Collections.Concurrent;
using System.Threading.Channels;
using Kip.Client;
using Kip.Client.Informers;
using Kip.CloudEvents;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Eventing;
using Kip.Rules.Eventing.Configs;
using Kip.Rules.Eventing.EventTypes;
using Microsoft.Extensions.Logging;

namespace Kip.Brokers.EventTypes;

/// <summary>Makes EventTypes of the events that come by, while the feature <c>eventtype-auto-create</c> is on.</summary>
/// <remarks>
/// Where events pass, nothing is done but a look into a set; what is new there is handed to the loop that writes EventTypes. What does not
/// fit into its queue is offered again with the next event of its type. After <see cref="MaxSeen"/> types no more are made: a source that
/// is another one in every event must fill neither the memory nor the store.
/// </remarks>
internal sealed partial class EventTypeDiscovery : IDisposable
{
    /// <summary>The most types that are known at one time.</summary>
    public const int MaxSeen = 10_000;
    private const int MaxWaiting = 256;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly NamespacedName ConfigName = new(EventingNames.SystemNamespace, EventingFeatures.MapName);

    private readonly ConcurrentDictionary<SeenType, bool> _seen = new();
    private readonly Channel<Offered> _waiting = System.Threading.Channels.Channel.CreateBounded<Offered>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly List<IDisposable> _subscriptions = [];
    private readonly IResources _resources;
    private readonly InformerSet _informers;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile bool _isOn;
    private int _count;
    private int _toldFull;

    public EventTypeDiscovery(IResources resources, InformerSet informers, TimeProvider time, ILogger logger)
    {
        (_resources, _informers, _time, _logger) = (resources, informers, time, logger);
        _subscriptions.Add(informers.Subscribe<ConfigMap>(OnConfig));
        _subscriptions.Add(informers.Subscribe<EventType>(OnEventType));
    }

    /// <summary>Whether EventTypes are made now.</summary>
    public bool IsOn => _isOn;

    /// <summary>An event has come by. Costs nothing while the feature is off, and one look into a set while it is on.</summary>
    public void Saw(KindDefinition kind, NamespacedName name, string uid, CloudEvent seen)
    {
        if (!_isOn) return;
        var type = new SeenType(uid, seen.Type, seen.Source);
        if (!_seen.ContainsKey(type)) Offer(type, new(type, new(kind, name, uid), seen.SpecVersionText, seen.DataSchema));
    }

    /// <summary>Writes EventTypes, until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await foreach (var offered in _waiting.Reader.ReadAllAsync(stop)) await WriteAsync(offered, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What is not written now is offered again by the next event.
        }
    }

    public void Dispose()
    {
        foreach (var subscription in _subscriptions) subscription.Dispose();
    }

    private void Offer(SeenType type, Offered offered)
    {
        if (Volatile.Read(ref _count) >= MaxSeen)
        {
            if (Interlocked.Exchange(ref _toldFull, 1) == 0) LogFull(MaxSeen, type.Type, type.Source);
            return;
        }
        if (!_seen.TryAdd(type, true)) return;
        Interlocked.Increment(ref _count);
        if (!_waiting.Writer.TryWrite(offered)) Forget(type);
    }

    private void Forget(SeenType type)
    {
        if (_seen.TryRemove(type, out _)) Interlocked.Decrement(ref _count);
    }

    private async Task WriteAsync(Offered offered, CancellationToken stop)
    {
        var made = EventTypeFromTraffic.Make(offered.Owner, offered.Type.Type, offered.Type.Source, offered.SpecVersion, offered.Schema);
        if (!_isOn || _informers.Get<EventType>().Get(made.Key) is not null) return;
        using var patience = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        try
        {
            await _resources.CreateAsync(made, either.Token);
        }
        catch (ApiException present) when (present.IsAlreadyExists)
        {
            // An earlier life made it.
        }
        catch (Exception failure) when (failure is ApiException or IOException || (failure is OperationCanceledException && !stop.IsCancellationRequested))
        {
            LogCannotMake(failure, made.Key, offered.Type.Type);
            // What is refused is refused the next time, too; all else is worth another try.
            if (failure is not ApiException { Status.Code: >= 400 and < 429 }) Forget(offered.Type);
        }
    }

    private void OnConfig(ResourceChange<ConfigMap> change)
    {
        if (change.Key != ConfigName) return;
        _isOn = change.New is { } map && new EventingFeatures(map.Data).IsEnabled(EventingFeatures.EventTypeAutoCreate);
        if (_isOn) return;
        foreach (var type in _seen.Keys) Forget(type);
        Volatile.Write(ref _toldFull, 0);
    }

    // One that somebody has deleted comes again with the next event, as in Knative.
    private void OnEventType(ResourceChange<EventType> change)
    {
        if (!change.IsDeleted || _seen.IsEmpty) return;
        var gone = change.Object;
        foreach (var owner in gone.Metadata.OwnerReferences) Forget(new(owner.Uid, ValueOf(gone, "type"), ValueOf(gone, "source")));
    }

    private static string ValueOf(EventType type, string attribute) => type.Spec.Attributes.FirstOrDefault(a => a.Name == attribute)?.Value ?? "";

    private readonly record struct SeenType(string Owner, string Type, string Source);

    private sealed record Offered(SeenType Type, EventTypeOwner Owner, string SpecVersion, string? Schema);

    [LoggerMessage(750, LogLevel.Warning, "{count} types of events are known, and no more EventTypes are made ({type} from {source} was the next): "
        + "turn eventtype-auto-create off and on to begin anew")]
    private partial void LogFull(int count, string type, string source);

    [LoggerMessage(751, LogLevel.Warning, "The EventType {name} for events of type {type} cannot be made")]
    private partial void LogCannotMake(Exception failure, NamespacedName name, string type);
}
