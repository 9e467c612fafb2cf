using System.Threading.Channels;
using Kip.Brokers.Topics;
using Kip.Client.Informers;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Eventing;
using Kip.Resources.Messaging;
using Kip.Rules.Eventing.Retention;
using Microsoft.Extensions.Logging;
using SubscriptionSpec = Kip.Brokers.Subscriptions.SubscriptionSpec;
using BrokerKind = Kip.Resources.Eventing.Broker;

namespace Kip.Brokers.Projection;

/// <summary>
/// Keeps the topics and their subscriptions as the caches say: each change marks its topic, and marked topics are projected anew, all at once.
/// </summary>
/// <remarks>A subscription counts from the moment its Trigger or Subscription is seen; until its subscriber is resolved, events wait in the log.</remarks>
internal sealed partial class SubscriptionProjector : IDisposable
{
    private static readonly NamespacedName ConfigName = new(EventingNames.SystemNamespace, RetentionAnnotations.MapName);

    private readonly Lock _lock = new();
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(2);

    private readonly HashSet<TopicKey> _changed = [];
    private readonly HashSet<TopicKey> _unreadable = [];
    private readonly Dictionary<TopicKey, HashSet<NamespacedName>> _triggers = [];
    private readonly Channel<bool> _signal = System.Threading.Channels.Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly List<IDisposable> _subscriptions = [];
    private readonly InformerSet _informers;
    private readonly TopicTable _topics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public SubscriptionProjector(InformerSet informers, TopicTable topics, TimeProvider time, ILogger logger)
    {
        (_informers, _topics, _time, _logger) = (informers, topics, time, logger);
        // Brokers and channels last: when one is projected, what belongs to it should be known.
        _subscriptions.Add(informers.Subscribe<ConfigMap>(OnConfig));
        _subscriptions.Add(informers.Subscribe<Subscription>(OnSubscription));
        _subscriptions.Add(informers.Subscribe<Trigger>(OnTrigger));
        _subscriptions.Add(informers.Subscribe<BrokerKind>(change => Mark(new(TopicKind.Broker, change.Key))));
        _subscriptions.Add(informers.Subscribe<InMemoryChannel>(change => Mark(new(TopicKind.Channel, change.Key))));
    }

    /// <summary>Projects what is there, then whenever something has changed, until cancelled.</summary>
    /// <param name="ready">Completed when all that was there at the start takes events.</param>
    public async Task RunAsync(TaskCompletionSource ready, CancellationToken cancel)
    {
        await _informers.Informer<ConfigMap>().WaitForSyncAsync(cancel);
        await _informers.Informer<Subscription>().WaitForSyncAsync(cancel);
        await _informers.Informer<Trigger>().WaitForSyncAsync(cancel);
        await _informers.Informer<BrokerKind>().WaitForSyncAsync(cancel);
        await _informers.Informer<InMemoryChannel>().WaitForSyncAsync(cancel);
        await ProjectAsync(atStart: true);
        _topics.ReportOrphans();
        ready.TrySetResult();
        while (await _signal.Reader.WaitToReadAsync(cancel))
        {
            _signal.Reader.TryRead(out _);
            await ProjectAsync(atStart: false);
        }
    }

    public void Dispose()
    {
        foreach (var subscription in _subscriptions) subscription.Dispose();
    }

    private async Task ProjectAsync(bool atStart)
    {
        TopicKey[] changed;
        lock (_lock)
        {
            changed = [.. _changed];
            _changed.Clear();
        }
        foreach (var key in changed)
        {
            try
            {
                // What could not be read at the start still begins where it was.
                var isFirst = atStart || _unreadable.Contains(key);
                await (key.Kind == TopicKind.Broker ? ProjectBrokerAsync(key, isFirst) : ProjectChannelAsync(key, isFirst));
                _unreadable.Remove(key);
            }
            catch (Exception failure) when (failure is IOException or Log.LogException or InvalidDataException or UnauthorizedAccessException)
            {
                // The topic takes no events until the disk can be read; its clients are told to come again, and other topics go on.
                LogCannotProject(failure, key);
                await _topics.CloseAsync(key);
                _unreadable.Add(key);
                _ = MarkLaterAsync(key);
            }
        }
    }

    private async ValueTask ProjectBrokerAsync(TopicKey key, bool atStart)
    {
        if (_informers.Get<BrokerKind>().Get(key.Name) is not { } broker
            || !BrokerClasses.IsServed(broker.Metadata.Annotations.Get(EventingAnnotations.BrokerClass)))
        {
            await _topics.RemoveAsync(key);
            return;
        }
        var topic = await _topics.GetOrAddAsync(key, broker.Metadata.Uid!, SettingsOf(broker.Metadata));
        topic.IsClosing = broker.Metadata.DeletionTimestamp is not null;
        NamespacedName[] names;
        lock (_lock) names = _triggers.TryGetValue(key, out var triggers) ? [.. triggers] : [];
        var cache = _informers.Get<Trigger>();
        Apply(topic, [.. names.Select(cache.Get).OfType<Trigger>().Select(trigger => TriggerProjection.Project(broker, trigger, topic))], atStart);
    }

    private async ValueTask ProjectChannelAsync(TopicKey key, bool atStart)
    {
        if (_informers.Get<InMemoryChannel>().Get(key.Name) is not { } channel)
        {
            await _topics.RemoveAsync(key);
            return;
        }
        var topic = await _topics.GetOrAddAsync(key, channel.Metadata.Uid!, SettingsOf(channel.Metadata));
        topic.IsClosing = channel.Metadata.DeletionTimestamp is not null;
        var subscriptions = _informers.Get<Subscription>().List().ToLookup(static s => s.Metadata.Uid);
        Apply(
            topic,
            [.. channel.Spec.Subscribers.Where(static s => s.Uid is not null).Select(
                s => ChannelProjection.Project(channel, s, subscriptions[s.Uid].FirstOrDefault()))],
            atStart);
    }

    private void Apply(Topic topic, IReadOnlyCollection<SubscriptionSpec> specs, bool atStart)
    {
        topic.SetSubscriptions(specs, atStart);
        _topics.TellChanged(topic);
    }

    private TopicSettings SettingsOf(ObjectMeta metadata) =>
        new(RetentionAnnotations.Read(metadata.Annotations, _informers.Get<ConfigMap>().Get(ConfigName)?.Data ?? default));

    private void OnConfig(ResourceChange<ConfigMap> change)
    {
        if (change.Key != ConfigName) return;
        foreach (var topic in _topics.All) Mark(topic.Key);
    }

    private void OnSubscription(ResourceChange<Subscription> change)
    {
        var subscription = change.Object;
        Mark(new(
            TopicKind.Channel,
            new(subscription.Spec.Channel.Namespace is { Length: > 0 } other ? other : subscription.Metadata.Namespace, subscription.Spec.Channel.Name ?? "")));
    }

    private void OnTrigger(ResourceChange<Trigger> change)
    {
        if (change.Old is { } old) Take(TriggerProjection.BrokerOf(old), old.Key);
        if (change.New is { } present) Put(TriggerProjection.BrokerOf(present), present.Key);
    }

    private void Put(TopicKey broker, NamespacedName trigger)
    {
        lock (_lock)
        {
            if (!_triggers.TryGetValue(broker, out var triggers)) _triggers[broker] = triggers = [];
            triggers.Add(trigger);
        }
        Mark(broker);
    }

    private void Take(TopicKey broker, NamespacedName trigger)
    {
        lock (_lock)
        {
            if (!_triggers.TryGetValue(broker, out var triggers)) return;
            triggers.Remove(trigger);
            if (triggers.Count == 0) _triggers.Remove(broker);
        }
        Mark(broker);
    }

    private async Task MarkLaterAsync(TopicKey key)
    {
        await Task.Delay(TryAgain, _time);
        Mark(key);
    }

    private void Mark(TopicKey key)
    {
        lock (_lock) _changed.Add(key);
        _signal.Writer.TryWrite(true);
    }

    [LoggerMessage(730, LogLevel.Error, "{topic} takes no events: its log cannot be read")]
    private partial void LogCannotProject(Exception failure, TopicKey topic);
}
