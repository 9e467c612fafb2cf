using Kip.Resources;
using Kip.Resources.Messaging;
using Kip.Resources.Planning;
using Kip.Rules.Conditions;
using Kip.Rules.Eventing.Destinations;
using Kip.Rules.Eventing.Retention;

namespace Kip.Rules.Eventing.Channels;

/// <summary>Channel → one channel of the template's kind under the same name; the status is what that one says.</summary>
public static class ChannelPlanner
{
    public const string BackingChannelReady = "BackingChannelReady";
    public const string Addressable = "Addressable";

    public static readonly ConditionSet Conditions =
        ConditionSet.Living(BackingChannelReady, Addressable, DeadLetterSinks.Resolved, EventPolicies.Ready);

    /// <summary>Decides what the channel behind should be, and what the status should say.</summary>
    /// <remarks>
    /// The template is read once, when the channel behind is made; neither can be changed afterwards. What annotations say of the log can: the log is
    /// the channel's behind, and it follows what is said here.
    /// </remarks>
    public static Plan Plan(ChannelView seen)
    {
        var channel = seen.Channel;
        if (channel.Metadata.DeletionTimestamp is not null) return PlanEnd(seen);
        var conditions = EventPolicies.Mark(Conditions.Take(channel.Status.Conditions, seen.Now));
        if (seen.Backing is { } taken && !taken.IsControlledBy(channel))
            return Fail(seen, conditions, $"There is an existing {taken.Kind} \"{taken.Metadata.Name}\" that we do not own.");
        if (seen.Backing is { } backing)
        {
            var told = LogAnnotations.SaidBy(channel, backing);
            return Follow(seen, ReferenceEquals(told, backing) ? [] : [new Edit.Update(told)], backing, conditions);
        }

        var wanted = ChannelFromTemplate.Make(channel.Spec.ChannelTemplate, channel.Metadata.Name, channel, channel.Spec.Delivery, out var error);
        if (wanted is null) return Fail(seen, conditions, error);
        return Follow(seen, [new Edit.Create(LogAnnotations.SaidBy(channel, wanted))], wanted, conditions);
    }

    // A Channel that drains stays until the channel behind has: that one is deleted first, as soon as it is held.
    private static Plan PlanEnd(ChannelView seen)
    {
        var channel = seen.Channel;
        var backing = seen.Backing is { } present && present.IsControlledBy(channel) ? present : null;
        var ending = Draining.Plan(channel, isDrained: backing is null)!;
        if (backing is null || !Draining.IsHeld(channel)) return ending;
        var told = LogAnnotations.SaidBy(channel, backing);
        var edits = new List<Edit>();
        if (!ReferenceEquals(told, backing)) edits.Add(new Edit.Update(told));
        if (backing.Metadata.DeletionTimestamp is null && (Draining.IsHeld(backing) || !Draining.IsAsked(channel))) edits.Add(new Edit.Delete(backing));
        return ending with { Edits = [.. edits, .. ending.Edits] };
    }

    private static Plan Follow(ChannelView seen, ValueList<Edit> edits, InMemoryChannel backing, LivingConditions conditions)
    {
        var isCurrent = backing.Status.ObservedGeneration > 0 && backing.Status.ObservedGeneration == backing.Metadata.Generation;
        conditions = isCurrent
            ? conditions.Copy(BackingChannelReady, backing.Status.Conditions.Find(ConditionSet.Ready))
            : conditions.MarkUnknown(BackingChannelReady, "BackingChannelNotConfigured", "BackingChannel has not yet been reconciled.");
        conditions = backing.Status.Address is { Url.Length: > 0 } ? conditions.MarkTrue(Addressable) : NotAddressable(conditions);
        conditions = backing.Spec.Delivery?.DeadLetterSink is null
            ? DeadLetterSinks.NotConfigured(conditions)
            : conditions.Copy(DeadLetterSinks.Resolved, backing.Status.Conditions.Find(DeadLetterSinks.Resolved));
        return Conclude(seen, edits, new()
        {
            Channel = new()
            {
                ApiVersion = backing.ApiVersion, Kind = backing.Kind, Namespace = backing.Metadata.Namespace, Name = backing.Metadata.Name,
            },
            Address = backing.Status.Address,
            Addresses = backing.Status.Addresses,
            Subscribers = backing.Status.Subscribers,
            DeadLetterSinkUri = backing.Status.DeadLetterSinkUri,
            DeadLetterSinkCACerts = backing.Status.DeadLetterSinkCACerts,
            DeadLetterSinkAudience = backing.Status.DeadLetterSinkAudience,
        }, conditions);
    }

    private static Plan Fail(ChannelView seen, LivingConditions conditions, string message) =>
        Conclude(seen, [], new(), NotAddressable(conditions).MarkFalse(BackingChannelReady, "ChannelFailure", message));

    private static LivingConditions NotAddressable(LivingConditions conditions) =>
        conditions.MarkFalse(Addressable, "EmptyHostname", "hostname is the empty string");

    private static Plan Conclude(ChannelView seen, ValueList<Edit> edits, ChannelStatus status, LivingConditions conditions) =>
        new([.. edits, .. Draining.Finalizer(seen.Channel)], seen.Channel with
        {
            Status = status with
            {
                ObservedGeneration = seen.Channel.Metadata.Generation,
                Annotations = seen.Channel.Status.Annotations,
                Conditions = conditions.ToList(),
            },
        });
}
