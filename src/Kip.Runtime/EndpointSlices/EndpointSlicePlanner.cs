using System.Collections.Immutable;
using System.Globalization;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Discovery;
using Kip.Resources.Planning;
using Kip.Runtime.Deployments;
using Kip.Runtime.Endpoints;

namespace Kip.Runtime.EndpointSlices;

/// <summary>What the EndpointSlice planner decides from.</summary>
/// <param name="Service">A core Service.</param>
/// <param name="Pods">The pods of its namespace; those its selector does not choose are passed over.</param>
/// <param name="Slices">The slices that this Service controls.</param>
public sealed record EndpointSliceView(Service Service, ImmutableArray<Pod> Pods, ImmutableArray<EndpointSlice> Slices);

/// <summary>Plays Kubernetes' EndpointSlice controller: a Service's pods, a hundred to a slice, those of other ports in other slices.</summary>
public static class EndpointSlicePlanner
{
    public const string ServiceName = "kubernetes.io/service-name";
    private const string ManagedBy = "endpointslice.kubernetes.io/managed-by";
    private const string Manager = "endpointslice-controller.k8s.io";
    private const int MostEndpoints = 100;

    /// <summary>Decides which slices there should be and what they say.</summary>
    public static Plan Plan(EndpointSliceView seen)
    {
        if (!ServicePods.AreFollowed(seen.Service)) return Resources.Planning.Plan.Nothing;
        var wanted = Wanted(seen).ToDictionary(static s => s.Metadata.Name, StringComparer.Ordinal);
        var edits = new List<Edit>();
        foreach (var present in seen.Slices.OrderBy(static s => s.Metadata.Name, StringComparer.Ordinal))
        {
            if (present.Metadata.DeletionTimestamp is not null) continue;
            if (!wanted.Remove(present.Metadata.Name, out var slice)) edits.Add(new Edit.Delete(present));
            else if (present.Endpoints != slice.Endpoints || present.Ports != slice.Ports || present.Metadata.Labels != slice.Metadata.Labels)
                edits.Add(new Edit.Update(present with
                {
                    Metadata = present.Metadata with { Labels = slice.Metadata.Labels }, Endpoints = slice.Endpoints, Ports = slice.Ports,
                }));
        }
        edits.AddRange(wanted.Values.OrderBy(static s => s.Metadata.Name, StringComparer.Ordinal).Select(static s => new Edit.Create(s)));
        return new Plan(edits.ToValueList());
    }

    private static IEnumerable<EndpointSlice> Wanted(EndpointSliceView seen)
    {
        var groups = seen.Pods.Where(p => !p.IsFinished && ServicePods.IsChosen(p, seen.Service))
            .OrderBy(static p => p.Metadata.Name, StringComparer.Ordinal)
            .GroupBy(p => ServicePods.PortsOf(seen.Service, p)).ToArray();
        // A Service without pods has a slice too, so that who looks for one finds that it is empty.
        if (groups.Length == 0) return [Make(seen.Service, default, [], 0)];
        return groups.SelectMany(group => group.Chunk(MostEndpoints).Select((pods, number) => Make(seen.Service, group.Key, pods, number)));
    }

    private static EndpointSlice Make(Service service, ValueList<EndpointPort> ports, Pod[] pods, int number) => new()
    {
        Metadata = new ObjectMeta
        {
            // The same ports have the same name each time, so that a slice is changed and not made anew.
            Name = $"{service.Metadata.Name}-{Suffix(ports, number)}",
            Namespace = service.Metadata.Namespace,
            Labels = service.Metadata.Labels.With(ServiceName, service.Metadata.Name).With(ManagedBy, Manager),
            OwnerReferences = [service.ControllerReference()],
        },
        AddressType = "IPv4",
        Ports = ports.Select(static p => p with { Name = p.Name ?? "" }).ToValueList(),
        Endpoints = pods.Select(p => EndpointOf(service, p)).ToValueList(),
    };

    private static Endpoint EndpointOf(Service service, Pod pod)
    {
        var ready = pod.IsReady;
        return new Endpoint
        {
            Addresses = [pod.Status.PodIP!],
            Conditions = new EndpointConditions
            {
                Ready = service.Spec.PublishNotReadyAddresses || (ready && !pod.IsTerminating), Serving = ready, Terminating = pod.IsTerminating,
            },
            NodeName = pod.Spec.NodeName,
            TargetRef = ServicePods.ReferenceTo(pod),
        };
    }

    private static string Suffix(ValueList<EndpointPort> ports, int number)
    {
        var hash = 2166136261u;
        foreach (var c in $"{string.Join(',', ports.Select(static p => $"{p.Name}:{p.Port}/{p.Protocol}"))}#{number.ToString(CultureInfo.InvariantCulture)}")
            hash = unchecked((hash ^ c) * 16777619u);
        return PodNames.Suffix(() =>
        {
            hash = unchecked(hash * 1664525u + 1013904223u);
            return hash / 4294967296.0;
        });
    }
}
