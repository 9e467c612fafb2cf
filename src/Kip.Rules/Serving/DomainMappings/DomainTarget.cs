using Kip.Resources;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;
using CoreService = Kip.Resources.Core.Service;

namespace Kip.Rules.Serving.DomainMappings;

/// <summary>Where a DomainMapping leads: a name inside, which the gateway serves.</summary>
/// <param name="Host"><c>name.namespace.svc.cluster.local</c>.</param>
/// <param name="ServiceName">The first label of it.</param>
public sealed record DomainTarget(string Host, string ServiceName)
{
    /// <summary>The kinds that a mapping may refer to.</summary>
    public static bool IsKnown(KReference reference) => reference switch
    {
        { ApiVersion: "v1", Kind: "Service" } => true,
        { ApiVersion: "serving.knative.dev/v1", Kind: "Service" or "Route" } => true,
        _ => false,
    };

    /// <summary>The target of a reference; null, with an error, when it does not lead to a name in the mapping's own namespace.</summary>
    public static DomainTarget? Of(KReference reference, string @namespace, Resource? found, out string error)
    {
        error = "";
        if (UrlOf(reference, @namespace, found, ref error) is not { } url) return null;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri)) error = $"resolved URI \"{url}\" is not a URL";
        else if (uri.AbsolutePath.TrimEnd('/').Length > 0) error = $"resolved URI \"{url}\" contains a path";
        else if (uri.Host.Split('.', 3) is not [var name, var space, DomainConfig.ClusterLocalDomain])
            error = $"resolved URI \"{url}\" must be of the form {{name}}.{{namespace}}.{DomainConfig.ClusterLocalDomain}";
        else if (space != @namespace) error = $"resolved URI \"{url}\" must be in same namespace as DomainMapping";
        else return new DomainTarget(uri.Host, name);
        return null;
    }

    private static string? UrlOf(KReference reference, string @namespace, Resource? found, ref string error)
    {
        if (!IsKnown(reference))
        {
            error = $"a {reference.Kind} of {reference.ApiVersion} cannot be mapped: refer to a Service or Route of serving.knative.dev/v1, "
                + "or to a Service of v1";
            return null;
        }
        var plural = reference is { ApiVersion: "v1" } ? "services" : $"{reference.Kind!.ToLowerInvariant()}s.serving.knative.dev";
        var url = found switch
        {
            null => null,
            CoreService service => $"http://{service.Metadata.Name}.{service.Metadata.Namespace}.{DomainConfig.ClusterLocalDomain}",
            Service service => service.Status.Address?.Url,
            Route route => route.Status.Address?.Url,
            _ => null,
        };
        if (found is null) error = $"failed to get object {@namespace}/{reference.Name}: {plural} \"{reference.Name}\" not found";
        else if (string.IsNullOrEmpty(url)) error = $"address not set for {reference.Kind} \"{reference.Name}\"";
        return string.IsNullOrEmpty(url) ? null : url;
    }
}
