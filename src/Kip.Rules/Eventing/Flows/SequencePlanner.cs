using Kip.Resources;
using Kip.Resources.Duck;
using Kip.Resources.Flows;
using Kip.Resources.Messaging;
using Kip.Resources.Planning;
using Kip.Rules.Conditions;
using Kip.Rules.Names;

namespace Kip.Rules.Eventing.Flows;

/// <summary>Sequence → a channel before each step, and a Subscription that leads from it to the step and on to the next channel.</summary>
public static class SequencePlanner
{
    public const string ChannelsReady = "ChannelsReady";
    public const string SubscriptionsReady = "SubscriptionsReady";
    public const string Addressable = "Addressable";

    public static readonly ConditionSet Conditions =
        ConditionSet.Living(ChannelsReady, SubscriptionsReady, Addressable, EventPolicies.Ready);

    /// <summary>The names of the children: channel and Subscription of a step share one.</summary>
    public static FlowNames NamesOf(Sequence sequence)
    {
        var names = Enumerable.Range(0, sequence.Spec.Steps.Count)
            .Select(i => ChildName.Of(sequence.Metadata.Name, $"-kn-sequence-{i}")).ToValueList();
        return new(names, names);
    }

    /// <summary>Decides what a Sequence's channels and Subscriptions should be, and what its status should say.</summary>
    public static Plan Plan(FlowView<Sequence> seen)
    {
        var sequence = seen.Flow;
        if (sequence.Metadata.DeletionTimestamp is not null) return Resources.Planning.Plan.Nothing;
        var names = NamesOf(sequence);
        var children = new FlowChildren<Sequence>(seen, sequence.Spec.ChannelTemplate);
        var channels = names.Channels.Select(children.Channel).ToValueList();
        var subscriptions = names.Subscriptions
            .Select((name, i) => children.Subscription(name, Step(sequence, names, i))).ToValueList();
        children.DeleteSurplus(names);

        var address = names.Channels.IsEmpty ? null : children.AddressOf(names.Channels[0]);
        var conditions = Mark(seen, children, channels, subscriptions, address);
        var status = sequence.Status with
        {
            ObservedGeneration = sequence.Metadata.Generation,
            Conditions = conditions.ToList(),
            ChannelStatuses = channels,
            SubscriptionStatuses = subscriptions,
            Address = address,
        };
        return new Plan(children.Edits, sequence with { Status = status });
    }

    private static SubscriptionSpec Step(Sequence sequence, FlowNames names, int index)
    {
        var step = sequence.Spec.Steps[index];
        return new()
        {
            Channel = FlowNames.ReferenceTo(names.Channels[index]),
            Subscriber = new Destination { Ref = step.Ref, Uri = step.Uri, CACerts = step.CACerts, Audience = step.Audience },
            Reply = index + 1 < names.Channels.Count ? new Destination { Ref = FlowNames.ReferenceTo(names.Channels[index + 1]) } : sequence.Spec.Reply,
            Delivery = step.Delivery,
        };
    }

    private static LivingConditions Mark(
        FlowView<Sequence> seen, FlowChildren<Sequence> children, ValueList<FlowChannelStatus> channels,
        ValueList<FlowSubscriptionStatus> subscriptions, Addressable? address)
    {
        var conditions = EventPolicies.Mark(Conditions.Take(seen.Flow.Status.Conditions, seen.Now));
        conditions = children.Problem is null && channels.All(static c => c.Ready?.Status == ConditionStatus.True)
            ? conditions.MarkTrue(ChannelsReady)
            : conditions.MarkUnknown(ChannelsReady, "ChannelsNotReady", children.Problem ?? "Channels are not ready yet, or there are none");
        conditions = subscriptions.All(static s => s.Ready?.Status == ConditionStatus.True)
            ? conditions.MarkTrue(SubscriptionsReady)
            : conditions.MarkUnknown(SubscriptionsReady, "SubscriptionsNotReady", "Subscriptions are not ready yet, or there are none");
        return address is { Url.Length: > 0 }
            ? conditions.MarkTrue(Addressable)
            : conditions.MarkUnknown(Addressable, "emptyAddress", "addressable is nil");
    }
}
