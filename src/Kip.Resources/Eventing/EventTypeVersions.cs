using Kip.Resources.Duck;

namespace Kip.Resources.Eventing;

/// <summary>An EventType as <c>v1beta2</c> has it, which <c>kn</c> speaks.</summary>
public sealed record EventTypeV1Beta2 : Resource<EventTypeV1Beta2Spec, EventTypeStatus>, IResource
{
    public static KindDefinition Definition { get; } = EventTypeVersions.Define<EventTypeV1Beta2>("v1beta2", new(
        EventType.Definition,
        static said => EventTypeVersions.ToStored(said.Metadata, ((EventTypeV1Beta2)said).Spec, ((EventTypeV1Beta2)said).Status),
        static stored => new EventTypeV1Beta2
        {
            Metadata = stored.Metadata, Spec = EventTypeVersions.FromStored(((EventType)stored).Spec), Status = ((EventType)stored).Status,
        }));

    public override KindDefinition GetDefinition() => Definition;
}

/// <summary>An EventType as <c>v1beta1</c> has it.</summary>
public sealed record EventTypeV1Beta1 : Resource<EventTypeV1Beta2Spec, EventTypeStatus>, IResource
{
    public static KindDefinition Definition { get; } = EventTypeVersions.Define<EventTypeV1Beta1>("v1beta1", new(
        EventType.Definition,
        static said => EventTypeVersions.ToStored(said.Metadata, ((EventTypeV1Beta1)said).Spec, ((EventTypeV1Beta1)said).Status),
        static stored => new EventTypeV1Beta1
        {
            Metadata = stored.Metadata, Spec = EventTypeVersions.FromStored(((EventType)stored).Spec), Status = ((EventType)stored).Status,
        }));

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record EventTypeV1Beta2Spec
{
    public string? Type { get; init; }
    public string? Source { get; init; }
    public string? Schema { get; init; }
    public string? SchemaData { get; init; }

    /// <summary>Instead of <see cref="Reference"/>: the name of a Broker.</summary>
    public string? Broker { get; init; }
    public KReference? Reference { get; init; }
    public string? Description { get; init; }
}

/// <summary>How the older versions of EventType become the stored one and back.</summary>
internal static class EventTypeVersions
{
    private const string Source = "source";
    private const string Type = "type";
    private const string Schema = "schemadata";

    public static KindDefinition Define<T>(string version, OtherVersion? storedAs = null) where T : Resource => new()
    {
        Group = "eventing.knative.dev", Version = version, Kind = "EventType", Plural = "eventtypes", Singular = "eventtype",
        Namespaced = true, Categories = ["all", "knative", "eventing"], HasStatus = true, ClrType = typeof(T),
        StoredAs = storedAs,
    };

    public static EventType ToStored(ObjectMeta metadata, EventTypeV1Beta2Spec said, EventTypeStatus status) => new()
    {
        Metadata = metadata,
        Spec = new()
        {
            Reference = said.Reference ?? BrokerOf(said.Broker),
            Description = said.Description,
            Attributes =
            [
                new() { Name = "specversion", Required = true },
                new() { Name = "id", Required = true },
                .. Attribute(Type, said.Type, required: true),
                new() { Name = Source, Required = true, Value = said.Source },
                .. Attribute(Schema, said.Schema, required: false),
            ],
        },
        Status = status,
    };

    public static EventTypeV1Beta2Spec FromStored(EventTypeSpec stored) => new()
    {
        Type = ValueOf(stored, Type),
        Source = ValueOf(stored, Source),
        Schema = ValueOf(stored, Schema),
        Reference = stored.Reference,
        Description = stored.Description,
    };

    private static string? ValueOf(EventTypeSpec stored, string name)
    {
        foreach (var attribute in stored.Attributes)
            if (attribute.Name == name) return attribute.Value;
        return null;
    }

    private static KReference? BrokerOf(string? name) =>
        string.IsNullOrEmpty(name) ? null : new() { ApiVersion = Broker.Definition.ApiVersion, Kind = Broker.Definition.Kind, Name = name };

    // What is missing stays missing: validation says so where it must be there.
    private static IEnumerable<EventAttributeDefinition> Attribute(string name, string? value, bool required) =>
        string.IsNullOrEmpty(value) ? [] : [new() { Name = name, Required = required, Value = value }];
}
