using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Duck;
using Kip.Resources.Flows;
using Kip.Resources.Messaging;
using Kip.Resources.Planning;
using Kip.Rules.Admission.Eventing;
using Kip.Rules.Conditions;
using Kip.Rules.Eventing.Channels;

namespace Kip.Rules.Eventing.Flows;

/// <summary>Compares the channels and Subscriptions of a flow with those it should have.</summary>
internal sealed class FlowChildren<T>(FlowView<T> seen, ChannelTemplateSpec? template) where T : Resource
{
    private readonly List<Edit> _edits = [];

    /// <summary>What is to be done, in order.</summary>
    public ValueList<Edit> Edits => [.. _edits];

    /// <summary>Why a child cannot be made; null when all can.</summary>
    public string? Problem { get; private set; }

    /// <summary>Makes a channel if it is missing; what its status says.</summary>
    public FlowChannelStatus Channel(string name)
    {
        var existing = seen.Channels.FirstOrDefault(c => c.Metadata.Name == name);
        if (existing is null)
        {
            var wanted = ChannelFromTemplate.Make(template, name, seen.Flow, null, out var error);
            if (wanted is null) Problem ??= error;
            else _edits.Add(new Edit.Create(wanted));
        }
        else if (!existing.IsControlledBy(seen.Flow)) Problem ??= NotOwned(existing);
        return new()
        {
            Channel = Reference(InMemoryChannel.Definition, name),
            Ready = existing?.Status.Conditions.Find(ConditionSet.Ready) ?? NotReady("Channel"),
        };
    }

    /// <summary>Makes a Subscription or brings it up to date; what its status says.</summary>
    public FlowSubscriptionStatus Subscription(string name, SubscriptionSpec spec)
    {
        var existing = seen.Subscriptions.FirstOrDefault(s => s.Metadata.Name == name);
        var wanted = Defaulted(name, spec);
        if (existing is null) _edits.Add(new Edit.Create(wanted));
        else if (!existing.IsControlledBy(seen.Flow)) Problem ??= NotOwned(existing);
        else if (existing.Spec.Channel != wanted.Spec.Channel)
        {
            // A Subscription's channel cannot be changed: another one takes its place as soon as this one is seen to be gone.
            _edits.Add(new Edit.Delete(existing));
        }
        else if (existing.Spec != wanted.Spec) _edits.Add(new Edit.Update(existing with { Spec = wanted.Spec }));
        return new()
        {
            Subscription = Reference(Resources.Messaging.Subscription.Definition, name),
            Ready = existing?.Status.Conditions.Find(ConditionSet.Ready) ?? NotReady("Subscription"),
        };
    }

    /// <summary>Deletes what the flow owns beyond what it wants.</summary>
    public void DeleteSurplus(FlowNames names)
    {
        foreach (var subscription in seen.Subscriptions.OrderBy(static s => s.Metadata.Name, StringComparer.Ordinal))
            if (subscription.IsControlledBy(seen.Flow) && !names.Subscriptions.Contains(subscription.Metadata.Name))
                _edits.Add(new Edit.Delete(subscription));
        foreach (var channel in seen.Channels.OrderBy(static c => c.Metadata.Name, StringComparer.Ordinal))
            if (channel.IsControlledBy(seen.Flow) && !names.Channels.Contains(channel.Metadata.Name))
                _edits.Add(new Edit.Delete(channel));
    }

    /// <summary>The address of one of the flow's channels; null when it has none yet.</summary>
    public Addressable? AddressOf(string name) => seen.Channels
        .FirstOrDefault(c => c.Metadata.Name == name && c.IsControlledBy(seen.Flow))?.Status.Address;

    // As it would be stored, so that a default does not make it differ for ever.
    private Subscription Defaulted(string name, SubscriptionSpec spec) => SubscriptionAdmission.Default(new Subscription
    {
        Metadata = new() { Name = name, Namespace = seen.Flow.Metadata.Namespace, OwnerReferences = [seen.Flow.ControllerReference()] },
        Spec = spec,
    });

    private ObjectReference Reference(KindDefinition kind, string name) =>
        new() { ApiVersion = kind.ApiVersion, Kind = kind.Kind, Namespace = seen.Flow.Metadata.Namespace, Name = name };

    private static Condition NotReady(string kind) => new()
    {
        Type = ConditionSet.Ready, Status = ConditionStatus.Unknown, Reason = "NoReady", Message = $"{kind} does not have Ready condition",
    };

    private static string NotOwned(Resource taken) => $"There is an existing {taken.Kind} \"{taken.Metadata.Name}\" that we do not own.";
}
