using System.Collections.Immutable;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Runtime.Deployments;
using Kip.Runtime.Pods;

namespace Kip.Runtime.Endpoints;

/// <summary>What the Endpoints planner decides from.</summary>
/// <param name="Service">A core Service.</param>
/// <param name="Pods">The pods of its namespace; those its selector does not choose are passed over.</param>
/// <param name="Current">Its Endpoints as they are, or null.</param>
public sealed record EndpointsView(Service Service, ImmutableArray<Pod> Pods, Resources.Core.Endpoints? Current);

/// <summary>Plays Kubernetes' Endpoints controller: where the pods that a Service selects are reached.</summary>
public static class EndpointsPlanner
{
    /// <summary>Written on Endpoints that were cut at <see cref="MostAddresses"/>, as Kubernetes does.</summary>
    public const string OverCapacity = "endpoints.kubernetes.io/over-capacity";

    public const int MostAddresses = 1000;

    /// <summary>Decides what the Endpoints object should say. A Service without a selector is left to whoever manages it.</summary>
    public static Plan Plan(EndpointsView seen)
    {
        var service = seen.Service;
        if (service.Spec.Selector.IsEmpty || service.Spec.Type == "ExternalName" || service.Metadata.DeletionTimestamp is not null)
            return Resources.Planning.Plan.Nothing;
        var all = seen.Pods.Where(p => IsChosen(p, service)).OrderBy(static p => p.Metadata.Name, StringComparer.Ordinal).ToArray();
        var wanted = Make(service, Subsets(service, all.Take(MostAddresses)), all.Length > MostAddresses);
        if (seen.Current is not { } current) return new Plan([new Edit.Create(wanted)]);
        if (current.Subsets == wanted.Subsets && current.Metadata.Labels == wanted.Metadata.Labels
            && current.Metadata.Annotations.ContainsKey(OverCapacity) == wanted.Metadata.Annotations.ContainsKey(OverCapacity))
            return Resources.Planning.Plan.Nothing;
        var annotations = current.Metadata.Annotations.Without(OverCapacity).With(wanted.Metadata.Annotations);
        return new Plan(
        [
            new Edit.Update(current with
            {
                Metadata = current.Metadata with { Labels = wanted.Metadata.Labels, Annotations = annotations },
                Subsets = wanted.Subsets,
            }),
        ]);
    }

    private static bool IsChosen(Pod pod, Service service)
    {
        if (pod.Metadata.Namespace != service.Metadata.Namespace || !pod.IsActive || string.IsNullOrEmpty(pod.Status.PodIP)) return false;
        foreach (var (key, value) in service.Spec.Selector)
            if (pod.Metadata.Labels.Get(key) != value) return false;
        return true;
    }

    /// <summary>One subset per distinct list of ports: process pods each have a port of their own.</summary>
    private static ValueList<EndpointSubset> Subsets(Service service, IEnumerable<Pod> pods) => pods
        .GroupBy(pod => PortsOf(service, pod))
        .OrderBy(static g => g.Key.Select(static p => p.Port).FirstOrDefault())
        .Select(group => new EndpointSubset
        {
            Ports = group.Key,
            Addresses = group.Where(p => Counts(service, p)).Select(AddressOf).ToValueList(),
            NotReadyAddresses = group.Where(p => !Counts(service, p)).Select(AddressOf).ToValueList(),
        })
        .ToValueList();

    private static bool Counts(Service service, Pod pod) => service.Spec.PublishNotReadyAddresses || pod.IsReady;

    private static ValueList<EndpointPort> PortsOf(Service service, Pod pod)
    {
        var ports = new List<EndpointPort>();
        foreach (var port in service.Spec.Ports)
            if (Target(port, pod) is { } number)
                ports.Add(new EndpointPort { Name = port.Name, Port = number, Protocol = port.Protocol ?? "TCP", AppProtocol = port.AppProtocol });
        return ports.ToValueList();
    }

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

    private static EndpointAddress AddressOf(Pod pod) => new()
    {
        Ip = pod.Status.PodIP!,
        NodeName = pod.Spec.NodeName,
        TargetRef = new ObjectReference { Kind = "Pod", Namespace = pod.Metadata.Namespace, Name = pod.Metadata.Name, Uid = pod.Metadata.Uid },
    };

    private static Resources.Core.Endpoints Make(Service service, ValueList<EndpointSubset> subsets, bool overCapacity) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = service.Metadata.Name,
            Namespace = service.Metadata.Namespace,
            Labels = service.Metadata.Labels,
            Annotations = overCapacity ? StringMap.Of((OverCapacity, "truncated")) : default,
            OwnerReferences =
            [
                new OwnerReference
                {
                    ApiVersion = service.ApiVersion, Kind = service.Kind, Name = service.Metadata.Name, Uid = service.Metadata.Uid ?? "",
                    Controller = true, BlockOwnerDeletion = true,
                },
            ],
        },
        Subsets = subsets,
    };
}
