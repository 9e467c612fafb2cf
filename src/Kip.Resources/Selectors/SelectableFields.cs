using Kip.Resources.Core;
using Kip.Resources.Custom;

namespace Kip.Resources.Selectors;

/// <summary>The fields by which objects can be selected: name and namespace for every kind, and a few more as in Kubernetes.</summary>
public static class SelectableFields
{
    private static readonly string[] ForAll = ["metadata.name", "metadata.namespace"];

    private static readonly Dictionary<KindDefinition, string[]> ByKind = new()
    {
        [Pod.Definition] =
        [
            .. ForAll, "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "status.phase", "status.podIP",
        ],
        [Event.Definition] =
        [
            .. ForAll, "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
            "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent",
            "source", "type",
        ],
        [Secret.Definition] = [.. ForAll, "type"],
        [Namespace.Definition] = ["metadata.name", "name", "status.phase"],
    };

    /// <summary>The fields of a kind.</summary>
    public static IReadOnlyCollection<string> Of(KindDefinition kind) =>
        kind.Format is { SelectableFields.Count: > 0 } format ? [.. ForAll, .. format.SelectableFields] : ByKind.GetValueOrDefault(kind, ForAll);

    /// <summary>The value of a field; empty when it is unset.</summary>
    public static string Read(Resource resource, string field) => field switch
    {
        "metadata.name" or "name" => resource.Metadata.Name,
        "metadata.namespace" => resource.Metadata.Namespace,
        _ => resource switch
        {
            Pod pod => Read(pod, field),
            Event happened => Read(happened, field),
            Secret secret => secret.Type,
            Namespace space => space.Status.Phase,
            CustomResource custom => custom.Find(field)?.ToString(),
            _ => null,
        } ?? "",
    };

    private static string? Read(Pod pod, string field) => field switch
    {
        "spec.nodeName" => pod.Spec.NodeName,
        "spec.restartPolicy" => pod.Spec.RestartPolicy,
        "spec.schedulerName" => pod.Spec.SchedulerName,
        "spec.serviceAccountName" => pod.Spec.ServiceAccountName,
        "status.phase" => pod.Status.Phase,
        "status.podIP" => pod.Status.PodIP,
        _ => null,
    };

    private static string? Read(Event happened, string field) => field switch
    {
        "involvedObject.kind" => happened.InvolvedObject.Kind,
        "involvedObject.namespace" => happened.InvolvedObject.Namespace,
        "involvedObject.name" => happened.InvolvedObject.Name,
        "involvedObject.uid" => happened.InvolvedObject.Uid,
        "involvedObject.apiVersion" => happened.InvolvedObject.ApiVersion,
        "involvedObject.resourceVersion" => happened.InvolvedObject.ResourceVersion,
        "involvedObject.fieldPath" => happened.InvolvedObject.FieldPath,
        "reason" => happened.Reason,
        "reportingComponent" => happened.ReportingComponent,
        "source" => happened.Source?.Component ?? happened.ReportingComponent,
        "type" => happened.Type,
        _ => null,
    };
}
