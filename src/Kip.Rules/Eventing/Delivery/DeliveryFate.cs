namespace Kip.Rules.Eventing.Delivery;

/// <summary>How the way of an event to one subscription ended.</summary>
public enum DeliveryFate
{
    /// <summary>It did not pass the filter.</summary>
    Filtered,

    /// <summary>The subscriber has it.</summary>
    Delivered,

    /// <summary>The dead letter sink has it.</summary>
    DeadLettered,

    /// <summary>It could be delivered nowhere and is kept among the dead letters.</summary>
    Stored,

    /// <summary>It was removed from the log, for its size, before it was delivered.</summary>
    Expired,

    /// <summary>The disk has damaged it.</summary>
    Damaged,
}

/// <summary>How many events ended in which way.</summary>
public readonly record struct FateCounts(long Filtered, long Delivered, long DeadLettered, long Stored, long Expired, long Damaged)
{
    public long Total => Filtered + Delivered + DeadLettered + Stored + Expired + Damaged;

    public FateCounts Plus(DeliveryFate fate, long count) => fate switch
    {
        DeliveryFate.Filtered => this with { Filtered = Filtered + count },
        DeliveryFate.Delivered => this with { Delivered = Delivered + count },
        DeliveryFate.DeadLettered => this with { DeadLettered = DeadLettered + count },
        DeliveryFate.Stored => this with { Stored = Stored + count },
        DeliveryFate.Expired => this with { Expired = Expired + count },
        _ => this with { Damaged = Damaged + count },
    };
}
