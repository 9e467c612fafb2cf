using System.Text.Json.Serialization;
using Kip.Resources.Core;

namespace Kip.Resources.Events;

/// <summary>Something that happened to an object, as the group <c>events.k8s.io</c> has it. It is the same object as the core group's Event.</summary>
public sealed record Event : Resource, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "events.k8s.io", Version = "v1", Kind = "Event", Plural = "events", Singular = "event", Namespaced = true,
        ShortNames = ["ev"], StrategicMerge = true, ClrType = typeof(Event),
        StoredAs = new(Core.Event.Definition, static said => ToCore((Event)said), static stored => FromCore((Core.Event)stored)),
    };

    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? EventTime { get; init; }
    public RawJson? Series { get; init; }
    public string? ReportingController { get; init; }
    public string? ReportingInstance { get; init; }
    public string? Action { get; init; }
    public string? Reason { get; init; }
    public ObjectReference Regarding { get; init => field = value ?? new(); } = new();
    public ObjectReference? Related { get; init; }
    public string? Note { get; init; }

    /// <value><c>Normal</c> or <c>Warning</c>.</value>
    public string? Type { get; init; }
    public EventSource? DeprecatedSource { get; init; }
    public DateTimeOffset? DeprecatedFirstTimestamp { get; init; }
    public DateTimeOffset? DeprecatedLastTimestamp { get; init; }
    public int DeprecatedCount { get; init; }

    public override KindDefinition GetDefinition() => Definition;

    private static Core.Event ToCore(Event said) => new()
    {
        Metadata = said.Metadata, EventTime = said.EventTime, Series = said.Series, ReportingComponent = said.ReportingController,
        ReportingInstance = said.ReportingInstance, Action = said.Action, Reason = said.Reason, InvolvedObject = said.Regarding, Related = said.Related,
        Message = said.Note, Type = said.Type, Source = said.DeprecatedSource, FirstTimestamp = said.DeprecatedFirstTimestamp,
        LastTimestamp = said.DeprecatedLastTimestamp, Count = said.DeprecatedCount,
    };

    private static Event FromCore(Core.Event stored) => new()
    {
        Metadata = stored.Metadata, EventTime = stored.EventTime, Series = stored.Series, ReportingController = stored.ReportingComponent,
        ReportingInstance = stored.ReportingInstance, Action = stored.Action, Reason = stored.Reason, Regarding = stored.InvolvedObject,
        Related = stored.Related, Note = stored.Message, Type = stored.Type, DeprecatedSource = stored.Source,
        DeprecatedFirstTimestamp = stored.FirstTimestamp, DeprecatedLastTimestamp = stored.LastTimestamp, DeprecatedCount = stored.Count,
    };
}
