using Kip.Resources;
using Kip.Resources.Serving;
using Kip.Rules.Names;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Serving.Routes;

/// <summary>The names that a Route, or one of its tags, is reached under.</summary>
/// <param name="Public">The host name from the domain template, without a port; null when the Route is served inside only.</param>
/// <param name="Local"><c>name.ns</c>, <c>name.ns.svc</c> and <c>name.ns.svc.cluster.local</c>.</param>
/// <param name="Url">Where a client goes: the public URL with the gateway's port, or the cluster-local one.</param>
/// <param name="LocalUrl">Where a workload goes: <c>http://name.ns.svc.cluster.local</c>, or https once there is a certificate.</param>
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
        return new RouteHosts(host, local, PublicUrls.Of(config.Network.DefaultExternalScheme, host, config.Network), localUrl);
    }

    /// <summary>The public URL with another scheme; what is served inside only stays as it is.</summary>
    public RouteHosts WithScheme(string scheme, NetworkConfig network) =>
        Public is null ? this : this with { Url = PublicUrls.Of(scheme, Public, network) };

    /// <summary>The names inside by HTTPS.</summary>
    public RouteHosts WithLocalHttps()
    {
        var local = $"https://{Local[^1]}";
        return this with { LocalUrl = local, Url = Public is null ? local : Url };
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
}
