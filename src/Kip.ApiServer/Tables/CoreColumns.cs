using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Coordination;
using Kip.Resources.Core;
using static Kip.ApiServer.Tables.Columns;

namespace Kip.ApiServer.Tables;

/// <summary>The columns kubectl users know of Kubernetes' own kinds.</summary>
internal static class CoreColumns
{
    // The rows of both groups are of objects as they are stored.
    private static readonly PrinterColumn[] EventColumns =
    [
        new("Last Seen", "string", static (e, now) => EventCells.LastSeen((Event)e, now)),
        Text<Event>("Type", static e => e.Type),
        Text<Event>("Reason", static e => e.Reason),
        Text<Event>("Object", static e => $"{e.InvolvedObject.Kind?.ToLowerInvariant()}/{e.InvolvedObject.Name}"),
        Text<Event>("Subobject", static e => e.InvolvedObject.FieldPath, 1),
        Text<Event>("Source", EventCells.Source, 1),
        Text<Event>("Message", static e => e.Message?.Trim()),
        new("First Seen", "string", static (e, now) => EventCells.FirstSeen((Event)e, now), 1),
        Number<Event>("Count", static e => Math.Max(e.Count, 1), 1),
        Name with { Priority = 1 },
    ];

    public static readonly IReadOnlyDictionary<KindDefinition, PrinterColumn[]> ByKind = new Dictionary<KindDefinition, PrinterColumn[]>
    {
        [Namespace.Definition] = [Name, Text<Namespace>("Status", static n => n.Status.Phase), Age],
        [ConfigMap.Definition] = [Name, Number<ConfigMap>("Data", static c => c.Data.Count + c.BinaryData.Count), Age],
        [Secret.Definition] = [Name, Text<Secret>("Type", static s => s.Type), Number<Secret>("Data", static s => s.Data.Count), Age],
        [ServiceAccount.Definition] = [Name, Number<ServiceAccount>("Secrets", static s => s.Secrets.Count), Age],
        [Endpoints.Definition] = [Name, Text<Endpoints>("Endpoints", ServiceCells.Endpoints), Age],
        [Lease.Definition] = [Name, Text<Lease>("Holder", static l => l.Spec.HolderIdentity), Age],
        [Pod.Definition] =
        [
            Name,
            Text<Pod>("Ready", PodCells.Ready),
            Text<Pod>("Status", PodCells.Reason),
            new("Restarts", "string", static (pod, now) => PodCells.Restarts((Pod)pod, now)),
            Age,
            Text<Pod>("IP", static p => OrNone(p.Status.PodIP), 1),
            Text<Pod>("Node", static p => OrNone(p.Spec.NodeName), 1),
            Text<Pod>("Nominated Node", static _ => "<none>", 1),
            Text<Pod>("Readiness Gates", static _ => "<none>", 1),
        ],
        [Service.Definition] =
        [
            Name,
            Text<Service>("Type", static s => s.Spec.Type ?? "ClusterIP"),
            Text<Service>("Cluster-IP", static s => OrNone(s.Spec.ClusterIP)),
            Text<Service>("External-IP", ServiceCells.ExternalIP),
            Text<Service>("Port(s)", ServiceCells.Ports),
            Age,
            Text<Service>("Selector", static s => OrNone(s.Spec.Selector.ToString()), 1),
        ],
        [Event.Definition] = EventColumns,
        [Kip.Resources.Events.Event.Definition] = EventColumns,
        [Deployment.Definition] =
        [
            Name,
            Text<Deployment>("Ready", static d => $"{d.Status.ReadyReplicas}/{d.Spec.Replicas ?? 1}"),
            Number<Deployment>("Up-to-date", static d => d.Status.UpdatedReplicas),
            Number<Deployment>("Available", static d => d.Status.AvailableReplicas),
            Age,
            Text<Deployment>("Containers", static d => string.Join(',', d.Spec.Template.Spec.Containers.Select(static c => c.Name)), 1),
            Text<Deployment>("Images", static d => string.Join(',', d.Spec.Template.Spec.Containers.Select(static c => c.Image)), 1),
            Text<Deployment>("Selector", static d => SelectorText.Of(d.Spec.Selector), 1),
        ],
    };

    internal static string OrNone(string? text) => string.IsNullOrEmpty(text) ? "<none>" : text;
}
