namespace Kip.Resources.AdmissionRegistration;

/// <summary>What both kinds of configuration have: webhooks that are asked about writes.</summary>
public interface IWebhookConfiguration
{
    ValueList<Webhook> Webhooks { get; }
}

/// <summary>Webhooks that may change what is about to be stored.</summary>
public sealed record MutatingWebhookConfiguration : Resource, IResource, IWebhookConfiguration
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "admissionregistration.k8s.io", Version = "v1", Kind = "MutatingWebhookConfiguration", Plural = "mutatingwebhookconfigurations",
        Singular = "mutatingwebhookconfiguration", Namespaced = false, Categories = ["api-extensions"], StrategicMerge = true,
        ClrType = typeof(MutatingWebhookConfiguration),
    };

    public ValueList<Webhook> Webhooks { get; init; }

    public override KindDefinition GetDefinition() => Definition;
}

/// <summary>Webhooks that may refuse what is about to be stored.</summary>
public sealed record ValidatingWebhookConfiguration : Resource, IResource, IWebhookConfiguration
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "admissionregistration.k8s.io", Version = "v1", Kind = "ValidatingWebhookConfiguration", Plural = "validatingwebhookconfigurations",
        Singular = "validatingwebhookconfiguration", Namespaced = false, Categories = ["api-extensions"], StrategicMerge = true,
        ClrType = typeof(ValidatingWebhookConfiguration),
    };

    public ValueList<Webhook> Webhooks { get; init; }

    public override KindDefinition GetDefinition() => Definition;
}
