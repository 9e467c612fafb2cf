using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Resources.Messaging;
using Kip.Resources.Planning;
using Kip.Resources.Selectors;
using Kip.Rules.Conditions;
using Kip.Rules.Eventing.Destinations;

namespace Kip.Rules.Eventing.Channels;

/// <summary>InMemoryChannel → its name on the network, and its subscribers, taken from the Subscriptions.</summary>
public static class InMemoryChannelPlanner
{
    public const string DispatcherReady = "DispatcherReady";
    public const string ServiceReady = "ServiceReady";
    public const string EndpointsReady = "EndpointsReady";
    public const string Addressable = "Addressable";
    public const string ChannelServiceReady = "ChannelServiceReady";

    public static readonly ConditionSet Conditions = ConditionSet.Living(
        ServiceReady, EndpointsReady, Addressable, ChannelServiceReady, DeadLetterSinks.Resolved, EventPolicies.Ready);

    /// <summary>Decides what a channel's Service and subscribers should be, and what its status should say.</summary>
    /// <remarks>
    /// Every subscriber is written from here, not by each Subscription for itself: so there is one writer, and a Subscription that is gone leaves
    /// nothing behind.
    /// </remarks>
    public static Plan Plan(InMemoryChannelView seen)
    {
        var channel = seen.Channel;
        if (Draining.Plan(channel, seen.IsDrained) is { } ending) return ending;
        var conditions = MarkDispatcher(seen, Conditions.Take(channel.Status.Conditions, seen.Now));

        // 1. The name.
        var edits = new List<Edit>();
        var address = PlanService(seen, edits, ref conditions);
        var sink = DeadLetterSinks.Resolve(channel.Spec.Delivery, channel.Metadata.Namespace, seen.Referents, ref conditions);
        conditions = EventPolicies.Mark(conditions);

        // 2. The subscribers.
        var subscribers = ChannelSubscribers.Make(seen);
        edits.AddRange(PlanSpec(channel, subscribers));

        var status = channel.Status with
        {
            // The edit of the spec, if there is one, makes the generation that this status speaks of.
            ObservedGeneration = channel.Metadata.Generation + (subscribers == channel.Spec.Subscribers ? 0 : 1),
            Conditions = conditions.ToList(),
            Address = address,
            Subscribers = ChannelSubscribers.Statuses(seen, subscribers),
            DeadLetterSinkUri = sink?.Url,
            DeadLetterSinkCACerts = sink?.CACerts,
            DeadLetterSinkAudience = sink?.Audience,
        };
        return new Plan([.. edits], channel with { Status = status });
    }

    /// <summary>Where a channel takes events in.</summary>
    public static string UrlOf(NamespacedName channel)
    {
        var service = ChannelService.KeyOf(channel);
        return $"http://{EventingNames.HostOf(service.Name, service.Namespace)}";
    }

    // Subscribers and finalizer go in one write: the second of two would meet a version that is no more.
    private static IEnumerable<Edit> PlanSpec(InMemoryChannel channel, ValueList<Kip.Resources.Duck.SubscriberSpec> subscribers)
    {
        var wanted = Draining.Finalizer(channel) is [Edit.Update update] ? (InMemoryChannel)update.Object : channel;
        if (subscribers != channel.Spec.Subscribers) wanted = wanted with { Spec = wanted.Spec with { Subscribers = subscribers } };
        return ReferenceEquals(wanted, channel) ? [] : [new Edit.Update(wanted)];
    }

    private static Addressable? PlanService(InMemoryChannelView seen, List<Edit> edits, ref LivingConditions conditions)
    {
        var channel = seen.Channel;
        if (WhyNoService(seen) is { } reason)
        {
            // Not False: of two that are, Ready would say the one that only follows from the other.
            conditions = conditions.MarkUnknown(Addressable, "emptyHostname", "hostname is the empty string");
            conditions = conditions.MarkFalse(ChannelServiceReady, "ChannelServiceFailed", $"Channel Service failed: {reason}");
            return null;
        }
        var wanted = ChannelService.Make(channel, seen.Service);
        if (seen.Service is null) edits.Add(new Edit.Create(wanted));
        else if (wanted != seen.Service) edits.Add(new Edit.Update(wanted));
        conditions = conditions.MarkTrue(ChannelServiceReady).MarkTrue(Addressable);
        var address = new Addressable { Name = "http", Url = UrlOf(channel.Key) };
        return channel.Status.Address == address ? channel.Status.Address : address;
    }

    // A channel may have a name with dots or a digit in front, a Service may not.
    private static string? WhyNoService(InMemoryChannelView seen)
    {
        var (channel, name) = (seen.Channel, ChannelService.KeyOf(seen.Channel.Key).Name);
        if (seen.Service is { } taken && !taken.IsControlledBy(channel)) return $"inmemorychannel: {channel.Key} does not own Service: \"{name}\"";
        return NameSyntax.Label1035Error(name) is { } wrong ? $"\"{name}\" cannot be the name of a Service: {wrong}" : null;
    }

    private static LivingConditions MarkDispatcher(InMemoryChannelView seen, LivingConditions conditions)
    {
        conditions = seen.HasDispatcherService
            ? conditions.MarkTrue(ServiceReady)
            : conditions.MarkFalse(ServiceReady, "DispatcherServiceDoesNotExist", "Dispatcher Service does not exist");
        conditions = seen switch
        {
            { IsDispatcherUp: false } => conditions.MarkFalse(
                EndpointsReady, "DispatcherEndpointsNotReady", "There are no endpoints ready for Dispatcher service"),
            { IsServed: false } => conditions.MarkUnknown(
                EndpointsReady, "NotYetServed", "The data plane has not taken up the channel yet."),
            _ => conditions.MarkTrue(EndpointsReady),
        };
        return seen.IsDispatcherUp
            ? conditions.MarkTrue(DispatcherReady)
            : conditions.MarkUnknown(DispatcherReady, "DispatcherDeploymentUnknown", "The dispatcher is not listening.");
    }
}
