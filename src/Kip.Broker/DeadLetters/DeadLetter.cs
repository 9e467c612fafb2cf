using Kip.Brokers.Records;
using Kip.Resources;

namespace Kip.Brokers.DeadLetters;

/// <summary>An event that could be delivered nowhere, and why.</summary>
/// <param name="Uid">Of the Trigger or Subscription it was for.</param>
/// <param name="Subscription">Its name at that time.</param>
/// <param name="Offset">The event's place in its topic.</param>
/// <param name="Time">When it was given up.</param>
/// <param name="Attempts">How often it was tried in all.</param>
/// <param name="Destination">The URL that failed first.</param>
/// <param name="Status">What that answered last; <c>-1</c> when it did not answer.</param>
/// <param name="Body">The answer's body, cut.</param>
internal sealed record DeadLetter(
    string Uid, NamespacedName Subscription, ulong Offset, DateTimeOffset Time, int Attempts, string Destination, int Status,
    ReadOnlyMemory<byte> Body, StoredEvent Event)
{
    /// <summary>Its name in the store; 0 before it is there.</summary>
    public ulong Id { get; init; }
}

/// <summary>Why a dead letter left the store.</summary>
internal enum DeadLetterEnd : byte
{
    /// <summary>It was sent again and arrived.</summary>
    Redriven = 1,

    /// <summary>Somebody removed it.</summary>
    Purged = 2,

    /// <summary>The store was full.</summary>
    Dropped = 3,
}
