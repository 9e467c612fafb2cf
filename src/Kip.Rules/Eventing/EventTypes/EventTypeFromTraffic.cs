using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Rules.Names;

namespace Kip.Rules.Eventing.EventTypes;

/// <summary>Where an event has come by: the Broker or channel that took it in, or the Trigger or Subscription whose subscriber answered with it.</summary>
public readonly record struct EventTypeOwner(KindDefinition Kind, NamespacedName Name, string Uid);

/// <summary>Makes the EventType of an event that has come by, as Knative's feature <c>eventtype-auto-create</c> does.</summary>
public static class EventTypeFromTraffic
{
    public const string Description = "Event Type auto-created by controller";

    private const int LongestName = 253;
    private const int Sum = 32;

    /// <summary>The EventType. Events of one type and source at one owner have one of the same name, whatever their schema.</summary>
    /// <param name="schema">The event's <c>dataschema</c>; null when it has none.</param>
    public static EventType Make(EventTypeOwner owner, string type, string source, string specVersion, string? schema) => new()
    {
        Metadata = new()
        {
            Name = NameOf(owner.Name, type, source),
            Namespace = owner.Name.Namespace,
            // Not as a controller: it goes with its owner, and people may change it.
            OwnerReferences = [new() { ApiVersion = owner.Kind.ApiVersion, Kind = owner.Kind.Kind, Name = owner.Name.Name, Uid = owner.Uid }],
        },
        Spec = new()
        {
            Reference = new() { ApiVersion = owner.Kind.ApiVersion, Kind = owner.Kind.Kind, Namespace = owner.Name.Namespace, Name = owner.Name.Name },
            Description = Description,
            Attributes =
            [
                new() { Name = "type", Required = true, Value = type },
                new() { Name = "source", Required = true, Value = source },
                new() { Name = "schemadata", Required = true, Value = schema },
                new() { Name = "specversion", Required = true, Value = specVersion },
                new() { Name = "id", Required = true },
            ],
        },
    };

    /// <summary>Knative's name, so that a cluster finds the same object; of an owner with a very long name only the beginning is in it.</summary>
    public static string NameOf(NamespacedName owner, string type, string source)
    {
        var sum = ChildName.Hash(type + source + owner.Namespace + owner.Name);
        var room = LongestName - "et--".Length - Sum;
        var name = owner.Name.Length <= room ? owner.Name : owner.Name[..room].TrimEnd('-', '.');
        return $"et-{name}-{sum}";
    }
}
