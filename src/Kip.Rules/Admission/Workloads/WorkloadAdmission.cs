using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Batch;
using Kip.Resources.Core;
using Kip.Resources.Discovery;

namespace Kip.Rules.Admission.Workloads;

/// <summary>Defaults and rules of the workload kinds and of what limits them, as Kubernetes has them.</summary>
internal static class WorkloadAdmission
{
    /// <summary>Whether the kind is one of these.</summary>
    public static bool Knows(Resource resource) => resource is ReplicaSet or Job or CronJob or EndpointSlice or ResourceQuota or LimitRange or Node;

    public static Resource Default(AdmissionRequest request) => request.Object switch
    {
        ReplicaSet set => ReplicaSetAdmission.Default(set),
        Job job => JobAdmission.Default(job, request.Old as Job),
        CronJob cron => CronJobAdmission.Default(cron),
        EndpointSlice slice => EndpointSliceAdmission.Default(slice),
        LimitRange range => LimitRangeAdmission.Default(range),
        var other => other,
    };

    public static void Validate(AdmissionRequest request, FieldErrors errors)
    {
        switch (request.Object)
        {
            case ReplicaSet set: ReplicaSetAdmission.Validate(set, request.Old as ReplicaSet, errors); break;
            case Job job: JobAdmission.Validate(job, request.Old as Job, errors); break;
            case CronJob cron: CronJobAdmission.Validate(cron, request.Old as CronJob, errors); break;
            case EndpointSlice slice: EndpointSliceAdmission.Validate(slice, request.Old as EndpointSlice, errors); break;
            case ResourceQuota quota: ResourceQuotaAdmission.Validate(quota, request.Old as ResourceQuota, errors); break;
            case LimitRange range: LimitRangeAdmission.Validate(range, errors); break;
            case Node node: ValidateNode(node, errors); break;
        }
    }

    // There is one machine, and no scheduler that would heed such marks.
    private static void ValidateNode(Node node, FieldErrors errors)
    {
        if (node.Spec.Unschedulable) errors.Forbidden("spec.unschedulable", "this is the only node: stop the platform, or scale what is not to run");
        if (node.Spec.Taints is { Text: not ("null" or "[]") }) errors.Forbidden("spec.taints", "this is the only node: nothing would heed them");
    }
}
