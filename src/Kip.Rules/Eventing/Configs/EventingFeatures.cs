using Kip.Resources;
using Kip.Rules.Admission;

namespace Kip.Rules.Eventing.Configs;

/// <summary>Which optional parts of Eventing are in use: the ConfigMap <c>config-features</c> in Eventing's namespace.</summary>
/// <remarks>A value that is not recognised keeps the default, as in Knative; keys that begin with <c>_</c> are examples.</remarks>
public sealed record EventingFeatures(StringMap Data)
{
    public const string MapName = "config-features";

    /// <summary><c>group</c> in place of <c>apiVersion</c> in a Subscription's references.</summary>
    public const string KReferenceGroup = "kreference-group";
    public const string DeliveryRetryAfter = "delivery-retryafter";
    public const string DeliveryTimeout = "delivery-timeout";

    /// <summary>Triggers and Subscriptions on Brokers and channels of other namespaces.</summary>
    public const string CrossNamespaceEventLinks = "cross-namespace-event-links";

    /// <summary>EventTypes are made of the events that come by.</summary>
    public const string EventTypeAutoCreate = "eventtype-auto-create";

    public static readonly EventingFeatures Default = new(default(StringMap));

    // Features that change what is safe or where events go: to accept them without effect would be a lie.
    private static readonly (string Key, string Only)[] NotServed =
    [
        ("transport-encryption", "disabled"), ("authentication-oidc", "disabled"), ("kreference-mapping", "disabled"),
    ];

    /// <summary>Whether a feature is enabled.</summary>
    public bool IsEnabled(string feature) => Data.Get(feature) switch
    {
        { } value when value.Equals("enabled", StringComparison.OrdinalIgnoreCase) => true,
        { } value when value.Equals("disabled", StringComparison.OrdinalIgnoreCase) => false,
        _ => feature == DeliveryTimeout,
    };

    /// <summary>What is wrong with the ConfigMap's data: features that are asked for and not there.</summary>
    internal static IReadOnlyList<FieldError> Validate(StringMap data) =>
    [
        .. NotServed.Where(f => data.Get(f.Key) is { Length: > 0 } value && !value.Equals(f.Only, StringComparison.OrdinalIgnoreCase))
            .Select(f => new FieldError(
                $"data[{f.Key}]", "FieldValueInvalid", $"\"{data.Get(f.Key)}\" is not supported yet: it can only be \"{f.Only}\"")),
    ];
}
