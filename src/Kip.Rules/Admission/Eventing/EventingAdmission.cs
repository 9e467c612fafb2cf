using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Resources.Flows;
using Kip.Resources.Messaging;
using Kip.Rules.Eventing;
using Kip.Rules.Eventing.Configs;
using Parallel = Kip.Resources.Flows.Parallel;

namespace Kip.Rules.Admission.Eventing;

/// <summary>Defaulting and validation of Eventing's kinds.</summary>
internal static class EventingAdmission
{
    /// <summary>Whether a kind is one of Eventing's.</summary>
    public static bool Knows(Resource resource) =>
        resource is Broker or Trigger or EventType or Channel or InMemoryChannel or Subscription or Sequence or Parallel;

    public static Resource Default(AdmissionRequest request)
    {
        var config = ConfigOf(request);
        return Held(Stamped(request, request.Object switch
        {
            Broker broker => BrokerAdmission.Default(broker, config),
            Trigger trigger => TriggerAdmission.Default(trigger),
            EventType type => EventTypeAdmission.Default(type),
            Channel channel => ChannelAdmission.Default(channel, config),
            InMemoryChannel channel => InMemoryChannelAdmission.Default(channel),
            Subscription subscription => SubscriptionAdmission.Default(subscription),
            Sequence sequence => FlowAdmission.Default(sequence, config),
            Parallel parallel => FlowAdmission.Default(parallel, config),
            var other => other,
        }));
    }

    // Flows and EventTypes have no events of their own, and a Broker of another class has another controller, who would never let it go.
    private static Resource Held(Resource resource) => resource switch
    {
        Broker broker when !BrokerClasses.IsServed(broker.Metadata.Annotations.Get(EventingAnnotations.BrokerClass)) => broker,
        Broker or Trigger or Channel or InMemoryChannel or Subscription => Draining.Hold(resource),
        _ => resource,
    };

    public static void Validate(AdmissionRequest request, FieldErrors errors)
    {
        var config = ConfigOf(request);
        switch (request.Object)
        {
            case Broker broker: BrokerAdmission.Validate(broker, request.Old as Broker, config, errors); break;
            case Trigger trigger: TriggerAdmission.Validate(trigger, request.Old as Trigger, config, errors); break;
            case EventType type: EventTypeAdmission.Validate(type, errors); break;
            case Channel channel: ChannelAdmission.Validate(channel, request.Old as Channel, config, errors); break;
            case InMemoryChannel channel:
                InMemoryChannelAdmission.Validate(channel, request.Old as InMemoryChannel, config, request.User, errors);
                break;
            case Subscription subscription:
                SubscriptionAdmission.Validate(subscription, request.Old as Subscription, config, errors);
                break;
            case Sequence sequence: FlowAdmission.Validate(sequence, config, errors); break;
            case Parallel parallel: FlowAdmission.Validate(parallel, config, errors); break;
        }
        KipAnnotationRules.Validate(request.Object, request.Old, errors);
    }

    // What a controller makes carries its owner instead.
    private static Resource Stamped(AdmissionRequest request, Resource resource)
    {
        if (!resource.Metadata.OwnerReferences.IsEmpty) return resource;
        var specChanged = request.Old is null || resource is not IHasStatus parts || !parts.SpecEquals(request.Old);
        var metadata = UserAnnotations.Stamp(
            resource.Metadata, request.Old?.Metadata, specChanged, request.User, resource.GetDefinition().Group);
        return ReferenceEquals(metadata, resource.Metadata) ? resource : resource with { Metadata = metadata };
    }

    private static EventingConfig ConfigOf(AdmissionRequest request) => EventingConfig.From(request.Config.EventingMaps);
}
