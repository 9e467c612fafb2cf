using Kip.Resources;
using Kip.Resources.Autoscaling;
using Kip.Resources.Networking;
using Kip.Resources.Serving;
using static Kip.ApiServer.Tables.Columns;

namespace Kip.ApiServer.Tables;

/// <summary>The columns that Knative's definitions of its kinds ask for.</summary>
internal static class KnativeColumns
{
    public static readonly IReadOnlyDictionary<KindDefinition, PrinterColumn[]> ByKind = new Dictionary<KindDefinition, PrinterColumn[]>
    {
        [Service.Definition] =
        [
            Name,
            Text<Service>("URL", static s => s.Status.Url),
            Text<Service>("LatestCreated", static s => s.Status.LatestCreatedRevisionName),
            Text<Service>("LatestReady", static s => s.Status.LatestReadyRevisionName),
            .. Ready<Service>(static s => s.Status.Conditions),
        ],
        [Configuration.Definition] =
        [
            Name,
            Text<Configuration>("LatestCreated", static c => c.Status.LatestCreatedRevisionName),
            Text<Configuration>("LatestReady", static c => c.Status.LatestReadyRevisionName),
            .. Ready<Configuration>(static c => c.Status.Conditions),
        ],
        [Revision.Definition] =
        [
            Name,
            Text<Revision>("Config Name", static r => r.Metadata.Labels.Get("serving.knative.dev/configuration")),
            Text<Revision>("Generation", static r => r.Metadata.Labels.Get("serving.knative.dev/configurationGeneration")),
            .. Ready<Revision>(static r => r.Status.Conditions),
            Number<Revision>("Actual Replicas", static r => r.Status.ActualReplicas),
            Number<Revision>("Desired Replicas", static r => r.Status.DesiredReplicas),
        ],
        [Route.Definition] = [Name, Text<Route>("URL", static r => r.Status.Url), .. Ready<Route>(static r => r.Status.Conditions)],
        [PodAutoscaler.Definition] =
        [
            Name,
            Number<PodAutoscaler>("DesiredScale", static p => p.Status.DesiredScale),
            Number<PodAutoscaler>("ActualScale", static p => p.Status.ActualScale),
            .. Ready<PodAutoscaler>(static p => p.Status.Conditions),
        ],
        [DomainMapping.Definition] =
            [Name, Text<DomainMapping>("URL", static m => m.Status.Url), .. Ready<DomainMapping>(static m => m.Status.Conditions)],
        [Ingress.Definition] = [Name, .. Ready<Ingress>(static i => i.Status.Conditions)],
        [Certificate.Definition] = [Name, .. Ready<Certificate>(static c => c.Status.Conditions)],
        [ClusterDomainClaim.Definition] = [Name, Text<ClusterDomainClaim>("Namespace", static c => c.Spec.Namespace), Age],
    };
}
