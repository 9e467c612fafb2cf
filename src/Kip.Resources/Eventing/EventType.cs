using Kip.Resources.Duck;

namespace Kip.Resources.Eventing;

/// <summary>A type of event that somebody can expect from a Broker, a channel or a source.</summary>
public sealed record EventType : Resource<EventTypeSpec, EventTypeStatus>, IResource
{
    public static KindDefinition Definition { get; } = EventTypeVersions.Define<EventType>("v1beta3");

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record EventTypeSpec
{
    public KReference? Reference { get; init; }
    public string? Description { get; init; }
    public ValueList<EventAttributeDefinition> Attributes { get; init; }
}

/// <summary>An attribute that events of a type carry.</summary>
public sealed record EventAttributeDefinition
{
    public string Name { get; init => field = value ?? ""; } = "";
    public bool Required { get; init; }

    /// <summary>Its value; parts in braces vary, as in <c>/apis/v1/namespaces/{namespace}</c>.</summary>
    public string? Value { get; init; }
}

public sealed record EventTypeStatus
{
    public long ObservedGeneration { get; init; }
    public ValueList<Condition> Conditions { get; init; }
    public StringMap Annotations { get; init; }
}
