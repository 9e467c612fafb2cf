using Kip.Brokers.Topics;
using Kip.Rules.Eventing.Delivery;

namespace Kip.Brokers.Subscriptions;

/// <summary>Where all events of a subscription are at one moment.</summary>
/// <param name="Start">The first offset that is for it.</param>
/// <param name="Cursor">Everything before it has ended or waits for another attempt.</param>
/// <param name="Last">The newest event of the topic.</param>
/// <param name="Counts">What has ended, by how.</param>
/// <param name="InFlight">Attempts under way.</param>
/// <param name="Waiting">Events that wait for another attempt.</param>
/// <param name="Next">The next offset to be read.</param>
/// <param name="IsBroken">Whether the subscriber has failed so often that it is tried only once in a while.</param>
internal sealed record SubscriptionAccount(
    TopicKey Topic, SubscriptionSpec Spec, ulong Start, ulong Cursor, ulong Last, FateCounts Counts, int InFlight, int Waiting, ulong Next, bool IsBroken)
{
    /// <summary>Events accepted for it to look at.</summary>
    public long Accepted => (long)(Last + 1 - Math.Min(Start, Last + 1));

    /// <summary>Events that it has not looked at yet.</summary>
    public long Unread => (long)(Last + 1 - Math.Min(Next, Last + 1));

    /// <summary>Events that are in no state that is counted: zero, or an event has been lost or counted twice.</summary>
    public long Difference => Accepted - (Counts.Total + InFlight + Waiting + Unread);
}
