namespace Kip.Rules.Eventing.Delivery;

/// <summary>What an event's delivery is trying to reach.</summary>
public enum DeliveryStage
{
    Subscriber,
    Reply,
    DeadLetterSink,
}

/// <summary>One event on its way to one subscription.</summary>
public sealed class Delivery
{
    internal Delivery(ulong offset) => Offset = offset;

    public ulong Offset { get; }

    public DeliveryStage Stage { get; internal set; }

    /// <summary>Attempts made in this stage.</summary>
    public int Attempts { get; internal set; }

    /// <summary>Attempts made in all stages.</summary>
    public int TotalAttempts { get; internal set; }

    /// <summary>When it may be tried again.</summary>
    public DateTimeOffset Due { get; internal set; }

    /// <summary>What the last failed stage ended with; for the dead letter.</summary>
    public DeliveryFailure? Failure { get; internal set; }

    /// <summary>The reply that waits to be sent in stage <see cref="DeliveryStage.Reply"/>.</summary>
    public object? Reply { get; internal set; }

    /// <summary>The memory that <see cref="Reply"/> holds.</summary>
    internal int ReplyBytes { get; set; }

    // Its place in the order of reading, until everything before it has ended.
    internal Passage? Passage { get; set; }
}

/// <summary>The last answer of a stage that failed.</summary>
/// <param name="Destination">The URL that failed.</param>
/// <param name="Status">The answer's status, or <see cref="DeliveryOutcome.NoAnswer"/>.</param>
/// <param name="Body">The answer's body, cut; or, without an answer, what went wrong.</param>
public sealed record DeliveryFailure(string Destination, int Status, ReadOnlyMemory<byte> Body);

/// <summary>One matching event, or a run of skipped ones, between the cursor and the place of reading.</summary>
internal sealed class Passage(ulong offset, long count)
{
    public ulong Offset { get; } = offset;

    public long Count { get; set; } = count;

    /// <summary>Null while the event is on its way.</summary>
    public DeliveryFate? Fate { get; set; }

    /// <summary>Whether its delivery waits among the retries, so that the cursor may pass.</summary>
    public bool IsSetAside { get; set; }

    /// <summary>Whether the cursor has passed it.</summary>
    public bool IsPassed { get; set; }
}
