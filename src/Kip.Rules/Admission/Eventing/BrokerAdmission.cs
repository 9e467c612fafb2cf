using Kip.Resources;
using Kip.Resources.Duck;
using Kip.Resources.Eventing;
using Kip.Rules.Eventing.Configs;

namespace Kip.Rules.Admission.Eventing;

/// <summary>Defaults and rules of Brokers.</summary>
internal static class BrokerAdmission
{
    public static Broker Default(Broker broker, EventingConfig config)
    {
        var space = broker.Metadata.Namespace;
        var annotations = broker.Metadata.Annotations;
        if (string.IsNullOrEmpty(annotations.Get(EventingAnnotations.BrokerClass)) && config.Brokers.ClassOf(space) is { } byDefault)
            annotations = annotations.With(EventingAnnotations.BrokerClass, byDefault);
        var defaults = config.Brokers.For(space, annotations.Get(EventingAnnotations.BrokerClass) ?? "");
        var spec = broker.Spec with
        {
            Config = KReferenceRules.Default(broker.Spec.Config ?? defaults?.Reference, space),
            Delivery = DeliveryRules.Default(broker.Spec.Delivery ?? DeliveryOf(defaults), space),
        };
        return Changed(broker, annotations, spec);
    }

    public static void Validate(Broker broker, Broker? old, EventingConfig config, FieldErrors errors)
    {
        var @class = broker.Metadata.Annotations.Get(EventingAnnotations.BrokerClass);
        if (string.IsNullOrEmpty(@class)) errors.Missing(EventingAnnotations.BrokerClass);
        using (errors.In("spec"))
        {
            if (broker.Spec.Config is { } reference)
            {
                var onlyHere = config.Brokers.DisallowsDifferentNamespace(broker.Metadata.Namespace);
                using (errors.In("config")) KReferenceRules.Validate(reference, onlyHere ? broker.Metadata.Namespace : "", errors);
            }
            DeliveryRules.Validate(broker.Spec.Delivery, config.Features, errors);
        }
        if (old is null) return;
        // One that an earlier Kip stored may name its ConfigMap without a namespace.
        var before = old.Spec with { Config = KReferenceRules.Default(old.Spec.Config, old.Metadata.Namespace) };
        ImmutableFields.Check(before with { Delivery = null }, broker.Spec with { Delivery = null }, errors, "spec");
        if (old.Metadata.Annotations.Get(EventingAnnotations.BrokerClass) is { Length: > 0 } once && once != @class)
            errors.Explain("Immutable annotations changed (-old +new)", "annotations", ImmutableFields.Change("{string}", $"\"{once}\"", $"\"{@class}\""));
    }

    // Which of the delivery's fields the defaults give is Knative's choice: not timeout, retryAfterMax and format.
    private static DeliverySpec? DeliveryOf(BrokerClassDefaults? defaults) => defaults?.Delivery is { } delivery
        ? new()
        {
            DeadLetterSink = delivery.DeadLetterSink, Retry = delivery.Retry, BackoffPolicy = delivery.BackoffPolicy,
            BackoffDelay = delivery.BackoffDelay,
        }
        : null;

    private static Broker Changed(Broker broker, StringMap annotations, BrokerSpec spec)
    {
        if (annotations != broker.Metadata.Annotations) broker = broker with { Metadata = broker.Metadata with { Annotations = annotations } };
        return spec == broker.Spec ? broker : broker with { Spec = spec };
    }
}
