using Kip.Resources;
using Kip.Resources.Duck;
using Kip.Resources.Eventing;
using Kip.Resources.Flows;
using Kip.Resources.Messaging;
using static Kip.ApiServer.Tables.Columns;
using Parallel = Kip.Resources.Flows.Parallel;

namespace Kip.ApiServer.Tables;

/// <summary>The columns that Knative Eventing's definitions of its kinds ask for.</summary>
internal static class EventingColumns
{
    public static readonly IReadOnlyDictionary<KindDefinition, PrinterColumn[]> ByKind = new Dictionary<KindDefinition, PrinterColumn[]>
    {
        [Broker.Definition] =
        [
            .. Addressed<Broker>(static b => b.Status.Address, static b => b.Status.Conditions),
            Text<Broker>("Class", static b => b.Metadata.Annotations.Get(EventingAnnotations.BrokerClass), priority: 1),
        ],
        [Trigger.Definition] =
        [
            Name,
            Text<Trigger>("Broker", static t => t.Spec.Broker),
            Text<Trigger>("Subscriber_URI", static t => t.Status.SubscriberUri),
            Age,
            .. Ready<Trigger>(static t => t.Status.Conditions),
        ],
        [EventType.Definition] = EventTypeColumns(withSchema: false),
        [EventTypeV1Beta2.Definition] = EventTypeColumns(withSchema: true),
        [EventTypeV1Beta1.Definition] = EventTypeColumns(withSchema: true),
        [Channel.Definition] = Addressed<Channel>(static c => c.Status.Address, static c => c.Status.Conditions),
        [InMemoryChannel.Definition] = Addressed<InMemoryChannel>(static c => c.Status.Address, static c => c.Status.Conditions),
        [Subscription.Definition] = [Name, Age, .. Ready<Subscription>(static s => s.Status.Conditions)],
        [Sequence.Definition] = Addressed<Sequence>(static s => s.Status.Address, static s => s.Status.Conditions),
        [Parallel.Definition] = Addressed<Parallel>(static p => p.Status.Address, static p => p.Status.Conditions),
    };

    private static PrinterColumn[] Addressed<T>(Func<T, Addressable?> address, Func<T, ValueList<Condition>> conditions) where T : Resource =>
        [Name, Text<T>("URL", thing => address(thing)?.Url), Age, .. Ready(conditions)];

    // Every version's rows are of objects as they are stored.
    private static PrinterColumn[] EventTypeColumns(bool withSchema) =>
    [
        Name,
        Text<EventType>("Type", static t => Attribute(t, "type")),
        Text<EventType>("Source", static t => Attribute(t, "source")),
        .. withSchema ? (PrinterColumn[])[Text<EventType>("Schema", static t => Attribute(t, "schemadata"))] : [],
        Text<EventType>("Reference Name", static t => t.Spec.Reference?.Name),
        Text<EventType>("Reference Kind", static t => t.Spec.Reference?.Kind),
        Text<EventType>("Description", static t => t.Spec.Description),
        .. Ready<EventType>(static t => t.Status.Conditions),
    ];

    private static string? Attribute(EventType type, string name) => type.Spec.Attributes.FirstOrDefault(a => a.Name == name)?.Value;
}
