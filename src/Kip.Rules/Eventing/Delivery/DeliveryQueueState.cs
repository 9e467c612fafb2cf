using System.Collections.Immutable;

namespace Kip.Rules.Eventing.Delivery;

/// <summary>What of a <see cref="DeliveryQueue"/> survives a restart. All of it is of one moment, so the counts agree with the cursor.</summary>
/// <param name="Start">The first offset that the subscription is to get.</param>
/// <param name="Cursor">Everything before it has ended or is in <paramref name="Retrying"/>.</param>
/// <param name="Counts">How the events ended that did.</param>
/// <param name="Retrying">Events before the cursor that are still to be tried, in order.</param>
public sealed record DeliveryQueueState(ulong Start, ulong Cursor, FateCounts Counts, ImmutableArray<RetryingEvent> Retrying);

/// <summary>An event that waits for another attempt.</summary>
public readonly record struct RetryingEvent(ulong Offset, int Attempts);
