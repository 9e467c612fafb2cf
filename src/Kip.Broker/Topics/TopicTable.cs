using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Kip.Brokers.Http;
using Kip.Brokers.Subscriptions;
using Kip.Log;
using Kip.Resources;
using Kip.Rules.Names;
using Microsoft.Extensions.Logging;

namespace Kip.Brokers.Topics;

/// <summary>Every topic there is, and the loop that writes down their progress.</summary>
internal sealed partial class TopicTable(TopicParts parts, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>How old the written progress may be: what was delivered in that time is delivered again after a crash.</summary>
    public static readonly TimeSpan SaveEvery = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<TopicKey, Topic> _topics = new();
    private readonly ConcurrentDictionary<TopicKey, bool> _unreadable = new();

    // Channels whose name is too long for a host: there a hash stands for its end.
    private readonly ConcurrentDictionary<TopicKey, TopicKey> _shortened = new();

    /// <summary>Raised for a Broker, channel, Trigger or Subscription that is in force, has changed, or, on its way out, has nothing left to deliver.</summary>
    public event Action<KindDefinition, NamespacedName>? Changed;

    public IEnumerable<Topic> All => _topics.Values;

    /// <summary>Whether there is such a Broker or channel, but its log cannot be read.</summary>
    public bool IsUnreadable(TopicKey key) => _unreadable.ContainsKey(key);

    /// <summary>Whether there are Brokers or channels whose log cannot be read.</summary>
    public bool AnyUnreadable => !_unreadable.IsEmpty;

    /// <summary>The topic of a key as a Broker's or channel's name, or a channel's host, gives it.</summary>
    public bool TryGet(TopicKey key, [NotNullWhen(true)] out Topic? topic) =>
        _topics.TryGetValue(key, out topic) || (_shortened.TryGetValue(key, out var full) && _topics.TryGetValue(full, out topic));

    /// <summary>The topic of a Broker or channel, made if it is not there; one of another uid and the same name is removed with all its events.</summary>
    public async ValueTask<Topic> GetOrAddAsync(TopicKey key, string uid, TopicSettings settings)
    {
        if (_topics.TryGetValue(key, out var present) && present.Uid == uid)
        {
            present.Settings = settings;
            return present;
        }
        if (present is not null) await RemoveAsync(key);
        if (InHost(key) is { } shortened) _shortened[shortened] = key;
        _unreadable.TryRemove(key, out _);
        return _topics[key] = new(key, uid, settings, parts);
    }

    /// <summary>Removes a topic and all its events.</summary>
    public async ValueTask RemoveAsync(TopicKey key)
    {
        _unreadable.TryRemove(key, out _);
        if (InHost(key) is { } shortened) _shortened.TryRemove(shortened, out _);
        if (!_topics.TryRemove(key, out var topic)) return;
        try
        {
            await topic.DisposeAsync();
            parts.Storage.Delete(topic.Folder);
        }
        catch (Exception disk) when (disk is IOException or LogException or UnauthorizedAccessException)
        {
            LogCannotDelete(disk, key, topic.Folder);
        }
    }

    /// <summary>Closes a topic whose log cannot be read; what is on disk stays as it is.</summary>
    public async ValueTask CloseAsync(TopicKey key)
    {
        _unreadable[key] = true;
        if (!_topics.TryRemove(key, out var topic)) return;
        try
        {
            await topic.DisposeAsync();
        }
        catch (Exception disk) when (disk is IOException or LogException)
        {
            LogCannotSave(disk, key);
        }
    }

    /// <summary>Writes down progress and removes old events, for ever.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                await Task.Delay(SaveEvery, time, cancel);
                Tick();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private static TopicKey? InHost(TopicKey key)
    {
        if (key.Kind != TopicKind.Channel) return null;
        var inHost = ChildName.Of(key.Name.Name, TopicRoute.ChannelSuffix)[..^TopicRoute.ChannelSuffix.Length];
        return inHost == key.Name.Name ? null : new(TopicKind.Channel, new(key.Name.Namespace, inHost));
    }

    public void Tick()
    {
        foreach (var topic in _topics.Values)
        {
            try
            {
                topic.Tick(time.GetUtcNow());
                TellDrained(topic);
            }
            catch (Exception disk) when (disk is IOException or LogException)
            {
                // A folder that goes with its Broker or channel is no failure.
                if (_topics.GetValueOrDefault(topic.Key) == topic) LogCannotSave(disk, topic.Key);
            }
            catch (ObjectDisposedException)
            {
                // It was removed meanwhile.
            }
        }
    }

    // Only what is on its way out is waited for.
    private void TellDrained(Topic topic)
    {
        foreach (var subscriber in topic.Subscribers)
            if (subscriber.Spec.IsDraining && subscriber.IsDone) Changed?.Invoke(topic.Key.SubscriptionDefinition, subscriber.Spec.Name);
        if (topic.IsClosing && topic.IsDone) Changed?.Invoke(topic.Key.Definition, topic.Key.Name);
    }

    /// <summary>Tells that a topic and its subscriptions are in force as they are now.</summary>
    public void TellChanged(Topic topic)
    {
        if (Changed is not { } changed) return;
        foreach (var subscriber in topic.Subscribers) changed(topic.Key.SubscriptionDefinition, subscriber.Spec.Name);
        changed(topic.Key.Definition, topic.Key.Name);
    }

    public IEnumerable<SubscriptionAccount> Accounts() => _topics.Values.SelectMany(static topic => topic.Accounts());

    /// <summary>Tells of folders whose Broker or channel is not there. They are kept: a store that was lost must not take the events with it.</summary>
    public void ReportOrphans()
    {
        var known = _topics.Values.Select(static topic => topic.Folder).ToHashSet();
        foreach (var folder in parts.Storage.List().Where(folder => !known.Contains(folder))) LogOrphan(folder);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var topic in _topics.Values) await topic.DisposeAsync();
        _topics.Clear();
    }

    [LoggerMessage(710, LogLevel.Error, "The progress of {topic} cannot be written down; it will be tried again, and a crash would deliver more events twice")]
    private partial void LogCannotSave(Exception disk, TopicKey topic);

    [LoggerMessage(711, LogLevel.Error, "{topic} was deleted, but its events in {folder} cannot be; remove that folder by hand")]
    private partial void LogCannotDelete(Exception disk, TopicKey topic, string folder);

    [LoggerMessage(712, LogLevel.Warning, "The events folder holds {folder}, whose Broker or channel is not there any more; remove it to free its space")]
    private partial void LogOrphan(string folder);
}
