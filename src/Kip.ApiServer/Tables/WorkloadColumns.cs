using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Batch;
using Kip.Resources.Core;
using Kip.Resources.Discovery;
using static Kip.ApiServer.Tables.Columns;

namespace Kip.ApiServer.Tables;

/// <summary>The columns kubectl users know of workloads, their limits and the machine they run on.</summary>
internal static class WorkloadColumns
{
    public static readonly IReadOnlyDictionary<KindDefinition, PrinterColumn[]> ByKind = new Dictionary<KindDefinition, PrinterColumn[]>
    {
        [ReplicaSet.Definition] =
        [
            Name,
            Number<ReplicaSet>("Desired", static r => r.Spec.Replicas ?? 1),
            Number<ReplicaSet>("Current", static r => r.Status.Replicas),
            Number<ReplicaSet>("Ready", static r => r.Status.ReadyReplicas),
            Age,
            .. PodColumns<ReplicaSet>(static r => r.Spec.Template, static r => r.Spec.Selector),
        ],
        [Job.Definition] =
        [
            Name,
            Text<Job>("Status", JobCells.Status),
            Text<Job>("Completions", JobCells.Completions),
            new("Duration", "string", static (job, now) => JobCells.Duration((Job)job, now)),
            Age,
            .. PodColumns<Job>(static j => j.Spec.Template, static j => j.Spec.Selector),
        ],
        [CronJob.Definition] =
        [
            Name,
            Text<CronJob>("Schedule", static c => c.Spec.Schedule),
            Text<CronJob>("Timezone", static c => CoreColumns.OrNone(c.Spec.TimeZone)),
            Text<CronJob>("Suspend", static c => c.Spec.Suspend == true ? "True" : "False"),
            Number<CronJob>("Active", static c => c.Status.Active.Count),
            new("Last Schedule", "string", static (cron, now) => JobCells.LastSchedule((CronJob)cron, now)),
            Age,
            .. PodColumns<CronJob>(static c => c.Spec.JobTemplate.Spec.Template, static c => c.Spec.JobTemplate.Spec.Selector),
        ],
        [EndpointSlice.Definition] =
        [
            Name,
            Text<EndpointSlice>("AddressType", static s => s.AddressType),
            Text<EndpointSlice>("Ports", static s => EndpointCells.Few(s.Ports.Select(static p => $"{p.Port}"), "<unset>")),
            Text<EndpointSlice>("Endpoints", static s => EndpointCells.Few(s.Endpoints.SelectMany(static e => e.Addresses), "<unset>")),
            Age,
        ],
        [ResourceQuota.Definition] =
        [
            Name,
            Text<ResourceQuota>("Request", static q => QuotaCells.Used(q, limits: false)),
            Text<ResourceQuota>("Limit", static q => QuotaCells.Used(q, limits: true)),
            Age,
        ],
        [LimitRange.Definition] =
        [
            Name,
            Text<LimitRange>("Created At", static l => l.Metadata.CreationTimestamp?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'")),
        ],
        [Node.Definition] =
        [
            Name,
            Text<Node>("Status", NodeCells.Status),
            Text<Node>("Roles", NodeCells.Roles),
            Age,
            Text<Node>("Version", static n => n.Status.NodeInfo?.KubeletVersion),
            Text<Node>("Internal-IP", static n => NodeCells.Address(n, "InternalIP"), 1),
            Text<Node>("External-IP", static n => NodeCells.Address(n, "ExternalIP"), 1),
            Text<Node>("OS-Image", static n => n.Status.NodeInfo?.OsImage, 1),
            Text<Node>("Kernel-Version", static n => n.Status.NodeInfo?.KernelVersion, 1),
            Text<Node>("Container-Runtime", static n => n.Status.NodeInfo?.ContainerRuntimeVersion, 1),
        ],
    };

    private static PrinterColumn[] PodColumns<T>(Func<T, PodTemplateSpec> template, Func<T, LabelSelector?> selector) where T : Resource =>
    [
        Text<T>("Containers", r => string.Join(',', template(r).Spec.Containers.Select(static c => c.Name)), 1),
        Text<T>("Images", r => string.Join(',', template(r).Spec.Containers.Select(static c => c.Image)), 1),
        Text<T>("Selector", r => CoreColumns.OrNone(SelectorText.Of(selector(r))), 1),
    ];
}
