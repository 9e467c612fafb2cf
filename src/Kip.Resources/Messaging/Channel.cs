using Kip.Resources.Duck;

namespace Kip.Resources.Messaging;

/// <summary>A channel of whatever kind its template names: the one behind it does the work.</summary>
public sealed record Channel : Resource<ChannelSpec, ChannelStatus>, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "messaging.knative.dev", Version = "v1", Kind = "Channel", Plural = "channels", Singular = "channel", Namespaced = true,
        ShortNames = ["ch"], Categories = ["all", "knative", "messaging", "channel"], HasStatus = true,
        ClrType = typeof(Channel),
    };

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record ChannelSpec
{
    public ChannelTemplateSpec? ChannelTemplate { get; init; }
    public ValueList<SubscriberSpec> Subscribers { get; init; }
    public DeliverySpec? Delivery { get; init; }
}

public sealed record ChannelStatus
{
    public long ObservedGeneration { get; init; }
    public ValueList<Condition> Conditions { get; init; }
    public StringMap Annotations { get; init; }
    public Addressable? Address { get; init; }
    public ValueList<Addressable> Addresses { get; init; }

    /// <summary>The channel behind it.</summary>
    public KReference? Channel { get; init; }
    public ValueList<SubscriberStatus> Subscribers { get; init; }
    public string? DeadLetterSinkUri { get; init; }
    public string? DeadLetterSinkCACerts { get; init; }
    public string? DeadLetterSinkAudience { get; init; }
    public ValueList<AppliedEventPolicy> Policies { get; init; }
}
