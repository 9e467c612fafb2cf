using Kip.Client.Informers;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Pods;

namespace Kip.Runtime.Endpoints;

/// <summary>Which pods a Service chooses, and at which ports they are reached.</summary>
internal static class ServicePods
{
    /// <summary>Whether somebody keeps the Service's endpoints. Those of one without a selector are left to whoever manages it.</summary>
    public static bool AreFollowed(Service service) =>
        !service.Spec.Selector.IsEmpty && service.Spec.Type != "ExternalName" && service.Metadata.DeletionTimestamp is null;

    /// <summary>The Services that choose a pod.</summary>
    public static IEnumerable<NamespacedName> ServicesOf(IIndexer<Service> services, Pod pod)
    {
        // A machine has few Services with selectors; the pods of Knative revisions have none.
        foreach (var service in services.List())
            if (service.Metadata.Namespace == pod.Metadata.Namespace && !service.Spec.Selector.IsEmpty && HasLabels(pod, service)) yield return service.Key;
    }

    /// <summary>The pods that have the first of the labels that the Service asks for.</summary>
    public static IEnumerable<Pod> Candidates(IIndexer<Pod> pods, Service service) => service.Spec.Selector.IsEmpty ? [] :
        pods.WithLabel(service.Metadata.Namespace, service.Spec.Selector.AsSpan()[0].Key, service.Spec.Selector.AsSpan()[0].Value);

    /// <summary>Whether a pod has an address and the labels that the Service asks for.</summary>
    public static bool IsChosen(Pod pod, Service service) =>
        pod.Metadata.Namespace == service.Metadata.Namespace && !string.IsNullOrEmpty(pod.Status.PodIP) && HasLabels(pod, service);

    private static bool HasLabels(Pod pod, Service service)
    {
        foreach (var (key, value) in service.Spec.Selector)
            if (pod.Metadata.Labels.Get(key) != value) return false;
        return true;
    }

    /// <summary>The Service's ports as this pod has them: process pods each have a port of their own.</summary>
    public static ValueList<EndpointPort> PortsOf(Service service, Pod pod)
    {
        var ports = new List<EndpointPort>();
        foreach (var port in service.Spec.Ports)
            if (Target(port, pod) is { } number)
                ports.Add(new EndpointPort { Name = port.Name, Port = number, Protocol = port.Protocol ?? "TCP", AppProtocol = port.AppProtocol });
        return ports.ToValueList();
    }

    public static ObjectReference ReferenceTo(Pod pod) =>
        new() { Kind = "Pod", Namespace = pod.Metadata.Namespace, Name = pod.Metadata.Name, Uid = pod.Metadata.Uid };

    private static int? Target(ServicePort port, Pod pod)
    {
        var target = port.TargetPort ?? port.Port;
        // Zero is what a manifest that says nothing may read as.
        if (target is { Text: null, Number: 0 }) target = port.Port;
        foreach (var container in pod.Spec.Containers)
            foreach (var candidate in container.Ports)
                if (target.Text is { } name ? candidate.Name == name : candidate.ContainerPortNumber == target.Number)
                    return ServingPort.Of(pod, candidate);
        return target.Text is null ? target.Number : null;
    }
}
