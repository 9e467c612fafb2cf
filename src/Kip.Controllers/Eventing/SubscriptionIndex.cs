using Kip.Client.Informers;
using Kip.Resources;
using Kip.Resources.Messaging;
using Kip.Rules.Eventing.Subscriptions;

namespace Kip.Controllers.Eventing;

/// <summary>Which Subscriptions are to a channel, kept from the changes as they are seen.</summary>
internal sealed class SubscriptionIndex
{
    private readonly Lock _lock = new();
    private readonly Dictionary<NamespacedName, HashSet<NamespacedName>> _byChannel = [];

    /// <summary>Notes a Subscription, and gives its channel's key.</summary>
    public IEnumerable<NamespacedName> Note(Subscription subscription)
    {
        var channel = SubscribedChannel.KeyOf(subscription);
        lock (_lock)
        {
            if (!_byChannel.TryGetValue(channel, out var subscriptions)) _byChannel.Add(channel, subscriptions = []);
            subscriptions.Add(subscription.Key);
        }
        return [channel];
    }

    /// <summary>The Subscriptions to a channel; what no longer exists or leads elsewhere is forgotten.</summary>
    public ValueList<Subscription> Of(InMemoryChannel channel, IIndexer<Subscription> subscriptions)
    {
        lock (_lock)
        {
            if (!_byChannel.TryGetValue(channel.Key, out var keys)) return [];
            var found = new List<Subscription>(keys.Count);
            foreach (var key in keys)
                if (subscriptions.Get(key) is not { } subscription || SubscribedChannel.KeyOf(subscription) != channel.Key) keys.Remove(key);
                else if (SubscribedChannel.Leads(subscription, channel)) found.Add(subscription);
            if (keys.Count == 0) _byChannel.Remove(channel.Key);
            return [.. found];
        }
    }
}
