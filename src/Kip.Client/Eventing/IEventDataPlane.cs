using Kip.Resources;

namespace Kip.Client.Eventing;

/// <summary>What controllers ask of the data plane of events: so that an object says Ready only when events really flow.</summary>
public interface IEventDataPlane
{
    /// <summary>Whether events are taken in for a Broker or channel.</summary>
    /// <param name="uid">The object's uid.</param>
    bool TakesEventsFor(string uid);

    /// <summary>Where the events of a Trigger or Subscription are delivered; null while they are not.</summary>
    /// <param name="uid">The object's uid.</param>
    string? SubscriberOf(string uid);

    /// <summary>Whether everything that was accepted for an object on its way out has been delivered or has become a dead letter.</summary>
    /// <remarks>
    /// A Broker or channel of which this was true acknowledges no event any more. True for what the data plane does not know; false as long as it
    /// has not read everything, or cannot.
    /// </remarks>
    /// <param name="uid">The object's uid.</param>
    bool IsDrained(string uid);

    /// <summary>Raised with the kind and key of an object for which one of the answers may have changed. From any thread; handlers must be quick.</summary>
    event Action<KindDefinition, NamespacedName>? Changed;
}
