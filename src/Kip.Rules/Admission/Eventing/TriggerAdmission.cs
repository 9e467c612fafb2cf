using System.Text.Json;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Eventing;
using Kip.Rules.Eventing.Configs;
using Kip.Rules.Eventing.Filters;

namespace Kip.Rules.Admission.Eventing;

/// <summary>Defaults and rules of Triggers.</summary>
internal static class TriggerAdmission
{
    public static Trigger Default(Trigger trigger)
    {
        var space = trigger.Metadata.Namespace;
        var spec = trigger.Spec with
        {
            Filter = trigger.Spec.Filter ?? new(),
            Subscriber = DestinationRules.Default(trigger.Spec.Subscriber, space)!,
            Delivery = DeliveryRules.Default(trigger.Spec.Delivery, space),
        };
        var broker = spec.Broker is { Length: > 0 } name ? name : spec.BrokerRef?.Name ?? "";
        var labels = broker.Length == 0 ? trigger.Metadata.Labels : trigger.Metadata.Labels.With(EventingLabels.Broker, broker);
        if (labels != trigger.Metadata.Labels) trigger = trigger with { Metadata = trigger.Metadata with { Labels = labels } };
        return spec == trigger.Spec ? trigger : trigger with { Spec = spec };
    }

    public static void Validate(Trigger trigger, Trigger? old, EventingConfig config, FieldErrors errors)
    {
        using (errors.In("spec"))
        {
            ValidateBroker(trigger.Spec, config.Features, errors);
            FilterRules.Validate(trigger.Spec, errors);
            using (errors.In("subscriber")) DestinationRules.Validate(trigger.Spec.Subscriber, errors);
            DeliveryRules.Validate(trigger.Spec.Delivery, config.Features, errors);
        }
        ValidateAnnotations(trigger, errors);
        if (old is null) return;
        ImmutableFields.Check(OnlyBroker(old), OnlyBroker(trigger), errors, "spec", "broker");
    }

    private static TriggerSpec OnlyBroker(Trigger trigger) => new() { Broker = trigger.Spec.Broker, BrokerRef = trigger.Spec.BrokerRef };

    private static void ValidateBroker(TriggerSpec spec, EventingFeatures features, FieldErrors errors)
    {
        if (spec.BrokerRef is not { } reference)
        {
            if (string.IsNullOrEmpty(spec.Broker)) errors.Missing("broker");
            return;
        }
        if (!string.IsNullOrEmpty(spec.Broker)) errors.GotBoth("broker", "brokerRef");
        using (errors.In("brokerRef"))
        {
            if (string.IsNullOrEmpty(reference.Name)) errors.Missing("name");
            if (!string.IsNullOrEmpty(reference.Namespace) && !features.IsEnabled(EventingFeatures.CrossNamespaceEventLinks))
                errors.Disallowed("namespace");
        }
    }

    private static void ValidateAnnotations(Trigger trigger, FieldErrors errors)
    {
        var annotations = trigger.Metadata.Annotations;
        if (annotations.Get(EventingAnnotations.Dependency) is { } dependency)
            using (errors.In($"metadata.annotations[{EventingAnnotations.Dependency}]")) ValidateDependency(trigger, dependency, errors);
        if (annotations.Get(EventingAnnotations.Injection) is { } injection) ValidateInjection(trigger, injection, errors);
    }

    private static void ValidateInjection(Trigger trigger, string injection, FieldErrors errors)
    {
        const string Field = $"metadata.annotations[{EventingAnnotations.Injection}]";
        if (injection is not ("enabled" or "disabled"))
            errors.Say($"The provided injection annotation value can only be \"enabled\" or \"disabled\", not \"{injection}\"", Field);
        else if (trigger.Spec.Broker != "default")
            errors.Say("The provided injection annotation is only used for default broker, but non-default broker specified here: "
                + $"\"{trigger.Spec.Broker}\"", Field);
    }

    private static void ValidateDependency(Trigger trigger, string text, FieldErrors errors)
    {
        if (ReadDependency(text) is not { } source)
        {
            errors.Say($"The provided annotation was not a corev1.ObjectReference: \"{text}\"", "");
            return;
        }
        if (source.Namespace is { Length: > 0 } space && space != trigger.Metadata.Namespace)
            errors.Say($"Namespace must be empty or equal to the trigger namespace \"{trigger.Metadata.Namespace}\"", "namespace");
        if (string.IsNullOrEmpty(source.Kind)) errors.Missing("kind");
        if (string.IsNullOrEmpty(source.Name)) errors.Missing("name");
        if (string.IsNullOrEmpty(source.ApiVersion)) errors.Missing("apiVersion");
    }

    /// <summary>The source that a Trigger's annotation names; null when it is not an object reference.</summary>
    internal static ObjectReference? ReadDependency(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, WireJson.Of<ObjectReference>());
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
