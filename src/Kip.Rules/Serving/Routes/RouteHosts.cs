using Kip.Resources;
using Kip.Resources.Serving;
using Kip.Rules.Names;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Serving.Routes;

/// <summary>The names that a Route, or one of its tags, is reached under.</summary>
/// <param name="Public">The host name from the domain template, without a port; null when the Route is served inside only.</param>
/// <param name="Local"><c>name.ns</c>, <c>name.ns.svc</c> and <c>name.ns.svc.cluster.local</c>.</param>
/// <param name="Url">Where a client goes: the public URL with the gateway's port, or the cluster-local one.</param>
/// <param name="LocalUrl">Where a workload goes: always <c>http://name.ns.svc.cluster.local</c>.</param>
public sealed record RouteHosts(string? Public, ValueList<string> Local, string Url, string LocalUrl)
{
    /// <summary>
    /// Makes the names for a tag, or for the Route itself when the tag is empty; null, with an error, when they are no valid names.
    /// </summary>
    public static RouteHosts? For(Route route, string tag, ServingConfig config, out string error)
    {
        if (NameOf(route, tag, config.Network, out error) is not { } name) return null;
        var full = $"{name}.{route.Metadata.Namespace}.{DomainConfig.ClusterLocalDomain}";
        if (Check(full, ref error)) return null;
        var localUrl = $"http://{full}";
        ValueList<string> local = [$"{name}.{route.Metadata.Namespace}", $"{name}.{route.Metadata.Namespace}.svc", full];

        var domain = config.Domain.For(route.Metadata.Labels);
        // Templates shape public names only: inside, a name is always where Kubernetes' DNS would have it.
        if (domain == DomainConfig.ClusterLocalDomain) return new RouteHosts(null, local, localUrl, localUrl);
        var host = config.Network.DomainTemplate.Render(Values(route, tag) with { Name = name, Domain = domain }, out error);
        if (host is null || Check(host, ref error)) return null;
        return new RouteHosts(host, local, PublicUrl(host, config.Network), localUrl);
    }

    private static string? NameOf(Route route, string tag, NetworkConfig network, out string error)
    {
        error = "";
        return tag.Length == 0 ? route.Metadata.Name : network.TagTemplate.Render(Values(route, tag), out error);
    }

    private static NameTemplateValues Values(Route route, string tag) => new()
    {
        Name = route.Metadata.Name,
        Namespace = route.Metadata.Namespace,
        Tag = tag,
        Labels = route.Metadata.Labels,
        Annotations = route.Metadata.Annotations,
    };

    private static bool Check(string host, ref string error)
    {
        if (DnsNames.CheckDomain(host) is not { } wrong) return false;
        error = $"invalid domain name \"{host}\": {wrong}";
        return true;
    }

    private static string PublicUrl(string host, NetworkConfig network)
    {
        var usual = network.DefaultExternalScheme == "https" ? 443 : 80;
        return network.ExternalPort == usual
            ? $"{network.DefaultExternalScheme}://{host}"
            : $"{network.DefaultExternalScheme}://{host}:{network.ExternalPort}";
    }
}
