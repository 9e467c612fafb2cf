using System.Text;
using System.Text.Json;
using Kip.Resources;
using Kip.Resources.Networking;
using Kip.Resources.Serving;
using Kip.Rules.Networking;
using Kip.Rules.Serving.Configs;
using Kip.Rules.Serving.Revisions;

namespace Kip.Rules.Serving.Routes;

/// <summary>What the gateway is to serve for a Route: the Ingress object of the same name.</summary>
internal static class RouteIngress
{
    private const string RevisionHeader = "Knative-Serving-Revision";
    private const string NamespaceHeader = "Knative-Serving-Namespace";
    private const string TagHeader = "Knative-Serving-Tag";
    private const string DefaultRouteHeader = "Knative-Serving-Default-Route";

    /// <summary>The Ingress for the groups, each with the names it is reached under.</summary>
    /// <param name="existing">What is there now; what does not differ is kept, so that an unchanged object compares equal.</param>
    /// <param name="tls">The certificates that are there.</param>
    /// <param name="rollout">The annotation that keeps the state of a gradual rollout; null: none is kept.</param>
    public static Ingress Make(Route route, IReadOnlyList<(TrafficGroup Group, RouteHosts Hosts)> groups, ValueList<IngressTls> tls,
        string? rollout, Ingress? existing, ServingConfig config)
    {
        var labels = route.Metadata.Labels
            .With(ServingLabels.Route, route.Metadata.Name)
            .With(ServingLabels.RouteNamespace, route.Metadata.Namespace);
        var annotations = Annotations(route, groups, config);
        if (rollout is not null) annotations = annotations.With(ServingAnnotations.Rollout, rollout);
        var spec = new IngressSpec
        {
            Rules = groups.SelectMany(g => Rules(g.Hosts, Paths(route, g.Group, groups, config.Features))).ToValueList(),
            Tls = tls,
            HttpOption = CertificateRules.HttpOption(route.Metadata, config.Network),
        };
        return (existing ?? new Ingress()) with
        {
            Metadata = Metadata(route, existing?.Metadata, labels, annotations),
            Spec = existing is not null && existing.Spec == spec ? existing.Spec : spec,
        };
    }

    private static ObjectMeta Metadata(Route route, ObjectMeta? existing, StringMap labels, StringMap annotations)
    {
        if (existing is not null)
            return existing.Labels == labels && existing.Annotations == annotations
                ? existing
                : existing with { Labels = labels, Annotations = annotations };
        return new ObjectMeta
        {
            Name = route.Metadata.Name,
            Namespace = route.Metadata.Namespace,
            Labels = labels,
            Annotations = annotations,
            OwnerReferences = [route.ControllerReference()],
        };
    }

    private static StringMap Annotations(Route route, IReadOnlyList<(TrafficGroup Group, RouteHosts Hosts)> groups, ServingConfig config)
    {
        var annotations = route.Metadata.Annotations;
        annotations = annotations.Without(ServingAnnotations.LastApplied).Without(ServingAnnotations.IngressClassAlias)
            .With(ServingAnnotations.IngressClass, IngressClasses.Of(route.Metadata, config.Network));
        return groups.Count > 1 ? annotations.With(ServingAnnotations.TagToHost, TagToHost(groups)) : annotations;
    }

    // One rule for all the names inside, and one per name outside, so that certificates can come and go name by name.
    private static IEnumerable<IngressRule> Rules(RouteHosts hosts, ValueList<HttpIngressPath> paths)
    {
        var http = new HttpIngressRule { Paths = paths };
        yield return new IngressRule { Hosts = hosts.Local, Visibility = "ClusterLocal", Http = http };
        if (hosts.Public is { } host) yield return new IngressRule { Hosts = [host], Visibility = "ExternalIP", Http = http };
    }

    // With the feature, a header chooses a tag on the Route's own host, and whoever answers sees by which way a request came.
    private static ValueList<HttpIngressPath> Paths(
        Route route, TrafficGroup group, IReadOnlyList<(TrafficGroup Group, RouteHosts Hosts)> groups, FeaturesConfig features)
    {
        var path = new HttpIngressPath { Splits = Splits(route, group) };
        if (!features.IsEnabled(FeaturesConfig.TagHeaderBasedRouting)) return [path];
        if (group.Tag.Length > 0) return [path with { AppendHeaders = StringMap.Of((TagHeader, group.Tag)) }];
        return
        [
            .. groups.Where(static g => g.Group.Tag.Length > 0)
                .Select(g => new HttpIngressPath { Headers = StringMap.Of((TagHeader, g.Group.Tag)), Splits = Splits(route, g.Group) }),
            path with { AppendHeaders = StringMap.Of((DefaultRouteHeader, "true")) },
        ];
    }

    private static ValueList<IngressBackendSplit> Splits(Route route, TrafficGroup group) =>
        group.Shares.Select(share => new IngressBackendSplit
        {
            ServiceNamespace = route.Metadata.Namespace,
            ServiceName = share.RevisionName,
            ServicePort = share.Protocol == RevisionProtocol.H2c ? 81 : 80,
            Percent = share.Percent,
            AppendHeaders = StringMap.Of((RevisionHeader, share.RevisionName), (NamespaceHeader, route.Metadata.Namespace)),
        }).ToValueList();

    private static string TagToHost(IReadOnlyList<(TrafficGroup Group, RouteHosts Hosts)> groups)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (group, hosts) in groups.Where(static g => g.Group.Tag.Length > 0))
            {
                writer.WriteStartArray(group.Tag);
                foreach (var host in hosts.Local) writer.WriteStringValue(host);
                if (hosts.Public is not null) writer.WriteStringValue(hosts.Public);
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
