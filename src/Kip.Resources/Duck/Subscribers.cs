namespace Kip.Resources.Duck;

/// <summary>One subscriber of a channel, all references resolved: what a data plane needs to deliver (duck type Subscribable).</summary>
public sealed record SubscriberSpec
{
    public string? Name { get; init; }

    /// <summary>The uid of the Subscription that stands behind it.</summary>
    public string? Uid { get; init; }

    /// <summary>The generation of that Subscription.</summary>
    public long Generation { get; init; }
    public string? SubscriberUri { get; init; }
    public string? SubscriberCACerts { get; init; }
    public string? SubscriberAudience { get; init; }
    public string? ReplyUri { get; init; }
    public string? ReplyCACerts { get; init; }
    public string? ReplyAudience { get; init; }
    public DeliverySpec? Delivery { get; init; }
    public AuthStatus? Auth { get; init; }
}

/// <summary>What a channel says of one of its subscribers.</summary>
public sealed record SubscriberStatus
{
    public string? Uid { get; init; }
    public long ObservedGeneration { get; init; }

    /// <value><c>True</c>, <c>False</c> or <c>Unknown</c>.</value>
    public string? Ready { get; init; }
    public string? Message { get; init; }
    public AuthStatus? Auth { get; init; }
}

/// <summary>Which kind of channel is to be made, and the spec it begins with.</summary>
public sealed record ChannelTemplateSpec
{
    public string? ApiVersion { get; init; }
    public string? Kind { get; init; }
    public RawJson? Spec { get; init; }
}
