using System.Text.Json.Serialization;

namespace Kip.Resources.Core;

/// <summary>Something that happened to an object, for people to read.</summary>
public sealed record Event : Resource, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "", Version = "v1", Kind = "Event", Plural = "events", Singular = "event", Namespaced = true,
        ShortNames = ["ev"], StrategicMerge = true, ClrType = typeof(Event),
    };

    public ObjectReference InvolvedObject { get; init => field = value ?? new(); } = new();
    public string? Reason { get; init; }
    public string? Message { get; init; }
    public EventSource? Source { get; init; }
    public DateTimeOffset? FirstTimestamp { get; init; }
    public DateTimeOffset? LastTimestamp { get; init; }
    public int Count { get; init; }

    /// <value><c>Normal</c> or <c>Warning</c>.</value>
    public string? Type { get; init; }
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? EventTime { get; init; }
    public RawJson? Series { get; init; }
    public string? Action { get; init; }
    public ObjectReference? Related { get; init; }
    public string? ReportingComponent { get; init; }
    public string? ReportingInstance { get; init; }

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record EventSource
{
    public string? Component { get; init; }
    public string? Host { get; init; }
}
