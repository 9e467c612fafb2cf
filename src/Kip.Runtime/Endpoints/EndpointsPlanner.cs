using System.Collections.Immutable;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Runtime.Deployments;

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
        if (!ServicePods.AreFollowed(service))
            return Resources.Planning.Plan.Nothing;
        var all = seen.Pods.Where(p => p.IsActive && ServicePods.IsChosen(p, service)).OrderBy(static p => p.Metadata.Name, StringComparer.Ordinal).ToArray();
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

    /// <summary>One subset per distinct list of ports: process pods each have a port of their own.</summary>
    private static ValueList<EndpointSubset> Subsets(Service service, IEnumerable<Pod> pods) => pods
        .GroupBy(pod => ServicePods.PortsOf(service, pod))
        .OrderBy(static g => g.Key.Select(static p => p.Port).FirstOrDefault())
        .Select(group => new EndpointSubset
        {
            Ports = group.Key,
            Addresses = group.Where(p => Counts(service, p)).Select(AddressOf).ToValueList(),
            NotReadyAddresses = group.Where(p => !Counts(service, p)).Select(AddressOf).ToValueList(),
        })
        .ToValueList();

    private static bool Counts(Service service, Pod pod) => service.Spec.PublishNotReadyAddresses || pod.IsReady;

    private static EndpointAddress AddressOf(Pod pod) => new()
    {
        Ip = pod.Status.PodIP!,
        NodeName = pod.Spec.NodeName,
        TargetRef = ServicePods.ReferenceTo(pod),
    };

    private static Resources.Core.Endpoints Make(Service service, ValueList<EndpointSubset> subsets, bool overCapacity) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = service.Metadata.Name,
            Namespace = service.Metadata.Namespace,
            Labels = service.Metadata.Labels,
            Annotations = overCapacity ? StringMap.Of((OverCapacity, "truncated")) : default,
            OwnerReferences = [service.ControllerReference()],
        },
        Subsets = subsets,
    };
}
