using Kip.Resources;

namespace Kip.Client.Eventing;

/// <summary>What controllers ask of the data plane of events: so that an object says Ready only when events really flow.</summary>
public interface IEventDataPlane
{
    /// <summary>
    /// Whether events are taken in for a Broker or channel, or delivered for a Trigger or Subscription, to the subscriber that its status names.
    /// </summary>
    /// <param name="uid">The object's uid.</param>
    bool Serves(string uid);

    /// <summary>Whether everything that was accepted for a Trigger or Subscription has been delivered or has become a dead letter; true when it is not known.</summary>
    /// <param name="uid">The object's uid.</param>
    bool IsDrained(string uid);

    /// <summary>Raised with the kind and key of an object for which one of the answers may have changed. From any thread; handlers must be quick.</summary>
    event Action<KindDefinition, NamespacedName>? Changed;
}
