using Kip.Resources;
using Kip.Resources.Duck;
using Kip.Resources.Messaging;
using Kip.Resources.Planning;
using Kip.Rules.Conditions;
using Kip.Rules.Eventing.Destinations;

namespace Kip.Rules.Eventing.Subscriptions;

/// <summary>Resolves a Subscription's references, and says whether its channel delivers by them.</summary>
/// <remarks>The channel takes its subscribers from the Subscriptions' statuses; so nothing is made here.</remarks>
public static class SubscriptionPlanner
{
    public const string ReferencesResolved = "ReferencesResolved";
    public const string AddedToChannel = "AddedToChannel";
    public const string ChannelReady = "ChannelReady";
    public const string IdentityCreated = "OIDCIdentityCreated";

    public static readonly ConditionSet Conditions =
        ConditionSet.Living(ReferencesResolved, AddedToChannel, ChannelReady, IdentityCreated);

    /// <summary>Decides what a Subscription's status should say.</summary>
    public static Plan Plan(SubscriptionView seen)
    {
        var subscription = seen.Subscription;
        if (Draining.Plan(subscription, seen.IsDrained) is { } ending) return ending;
        var conditions = Conditions.Take(subscription.Status.Conditions, seen.Now)
            .MarkTrue(IdentityCreated, "authentication-oidc feature disabled");
        var status = subscription.Status with { ObservedGeneration = subscription.Metadata.Generation };

        // 1. The channel: whatever was resolved before stays while it is away.
        if (ChannelProblem(seen) is { } problem)
        {
            conditions = conditions.MarkUnknown(
                ReferencesResolved, "ChannelReferenceFailed", $"Failed to get Spec.Channel or backing channel: {problem}");
            return Conclude(seen, status, conditions);
        }

        // 2. Where events, replies and dead letters go.
        if (Resolve(seen, ref conditions) is not { } physical) return Conclude(seen, status with { PhysicalSubscription = null }, conditions);
        physical = physical == subscription.Status.PhysicalSubscription ? subscription.Status.PhysicalSubscription! : physical;
        conditions = conditions.MarkTrue(ReferencesResolved);

        // 3. Whether the channel has taken it up.
        return Conclude(seen, status with { PhysicalSubscription = physical }, MarkChannel(seen, physical, conditions));
    }

    private static string? ChannelProblem(SubscriptionView seen)
    {
        var subscription = seen.Subscription;
        var name = SubscribedChannel.KeyOf(subscription).Name;
        if (SubscribedChannel.IsOf(subscription, InMemoryChannel.Definition))
            return seen.Backing is null ? $"inmemorychannels.messaging.knative.dev \"{name}\" not found" : null;
        if (!SubscribedChannel.IsOf(subscription, Channel.Definition))
            return $"{subscription.Spec.Channel.Kind} ({subscription.Spec.Channel.ApiVersion}) is no channel here";
        return seen switch
        {
            { Channel: null } => $"channels.messaging.knative.dev \"{name}\" not found",
            { Channel.Status.Channel: null } or { Backing: null } => "channel is not ready.",
            _ => null,
        };
    }

    private static PhysicalSubscription? Resolve(SubscriptionView seen, ref LivingConditions conditions)
    {
        var (spec, space) = (seen.Subscription.Spec, seen.Subscription.Metadata.Namespace);
        if (!TryResolve(seen, spec.Subscriber, out var subscriber, out var error))
            conditions = conditions.MarkFalse(ReferencesResolved, "SubscriberResolveFailed", $"Failed to resolve spec.subscriber: {error}");
        else if (!TryResolve(seen, spec.Reply, out var reply, out error))
            conditions = conditions.MarkFalse(ReferencesResolved, "ReplyResolveFailed", $"Failed to resolve spec.reply: {error}");
        else if (!TryResolve(seen, spec.Delivery?.DeadLetterSink, out var sink, out error))
            conditions = conditions.MarkFalse(ReferencesResolved, "DeadLetterSinkResolveFailed",
                $"Failed to resolve spec.delivery.deadLetterSink: {error}");
        else return Physical(subscriber, reply, sink, seen.Backing!.Status);
        return null;

        static bool TryResolve(SubscriptionView seen, Destination? destination, out ResolvedDestination? resolved, out string error)
        {
            (resolved, error) = (null, "");
            if (destination is null or { Ref: null, Uri: null or "" }) return true;
            resolved = seen.Referents.Resolve(destination, seen.Subscription.Metadata.Namespace, out error);
            return resolved is not null;
        }
    }

    private static PhysicalSubscription Physical(
        ResolvedDestination? subscriber, ResolvedDestination? reply, ResolvedDestination? sink, InMemoryChannelStatus channel) => new()
    {
        SubscriberUri = subscriber?.Url,
        SubscriberCACerts = subscriber?.CACerts,
        SubscriberAudience = subscriber?.Audience,
        ReplyUri = reply?.Url,
        ReplyCACerts = reply?.CACerts,
        ReplyAudience = reply?.Audience,
        DeadLetterSinkUri = sink is null ? channel.DeadLetterSinkUri : sink.Url,
        DeadLetterSinkCACerts = sink is null ? channel.DeadLetterSinkCACerts : sink.CACerts,
        DeadLetterSinkAudience = sink is null ? channel.DeadLetterSinkAudience : sink.Audience,
    };

    private static LivingConditions MarkChannel(SubscriptionView seen, PhysicalSubscription physical, LivingConditions conditions)
    {
        var (channel, uid, generation) = (seen.Backing!, seen.Subscription.Metadata.Uid, seen.Subscription.Metadata.Generation);
        var entry = channel.Spec.Subscribers.FirstOrDefault(s => s.Uid == uid);
        var isAdded = entry is not null && entry.Generation == generation && entry.SubscriberUri == physical.SubscriberUri
            && entry.ReplyUri == physical.ReplyUri && entry.Delivery?.DeadLetterSink?.Uri == physical.DeadLetterSinkUri;
        conditions = isAdded
            ? conditions.MarkTrue(AddedToChannel)
            : conditions.MarkUnknown(AddedToChannel, "NotYetAdded", "Subscription is not yet among the channel's subscribers");
        var told = channel.Status.Subscribers.FirstOrDefault(s => s.Uid == uid);
        return isAdded && told is { Ready: ConditionStatus.True } && told.ObservedGeneration == generation
            ? conditions.MarkTrue(ChannelReady)
            : conditions.MarkUnknown(ChannelReady, "SubscriptionNotMarkedReadyByChannel", "Subscription not marked ready by channel");
    }

    private static Plan Conclude(SubscriptionView seen, SubscriptionStatus status, LivingConditions conditions) =>
        new(Draining.Finalizer(seen.Subscription), seen.Subscription with { Status = status with { Conditions = conditions.ToList() } });
}
