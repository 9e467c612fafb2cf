using Kip.Resources;
using Kip.Resources.Duck;
using Kip.Resources.Flows;
using Kip.Resources.Messaging;
using Kip.Resources.Planning;
using Kip.Rules.Names;

namespace Kip.Rules.Eventing.Flows;

/// <summary>Sequence → a channel before each step, and a Subscription that leads from it to the step and on to the next channel.</summary>
public static class SequencePlanner
{
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
        var readiness = new FlowReadiness(
            children.Problem, channels.All(static c => FlowConditions.IsTrue(c.Ready)), subscriptions.All(static s => FlowConditions.IsTrue(s.Ready)), address);
        var status = sequence.Status with
        {
            ObservedGeneration = sequence.Metadata.Generation,
            Conditions = FlowConditions.Mark(sequence.Status.Conditions, readiness, ConditionStatus.Unknown, seen.Now).ToList(),
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
}
