using System.Text.Json.Serialization;

namespace Kip.Resources.Networking;

/// <summary>What the gateway is to serve for one Route or domain: Knative's internal Ingress ("KIngress").</summary>
/// <remarks>The seam between controllers and gateway: controllers write the spec, the gateway writes the status once it serves it.</remarks>
public sealed record Ingress : Resource<IngressSpec, IngressStatus>, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "networking.internal.knative.dev", Version = "v1alpha1", Kind = "Ingress", Plural = "ingresses", Singular = "ingress",
        Namespaced = true, ShortNames = ["kingress", "king"], Categories = ["knative-internal", "networking"], HasStatus = true,
        ClrType = typeof(Ingress),
    };

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record IngressSpec
{
    public ValueList<IngressRule> Rules { get; init; }
    public ValueList<IngressTls> Tls { get; init; }

    /// <value><c>Enabled</c> or <c>Redirected</c>.</value>
    public string? HttpOption { get; init; }
}

public sealed record IngressTls
{
    public ValueList<string> Hosts { get; init; }
    public string? SecretName { get; init; }
    public string? SecretNamespace { get; init; }
}

public sealed record IngressRule
{
    public ValueList<string> Hosts { get; init; }

    /// <value><c>ExternalIP</c> or <c>ClusterLocal</c>.</value>
    public string? Visibility { get; init; }
    public HttpIngressRule? Http { get; init; }
}

public sealed record HttpIngressRule
{
    public ValueList<HttpIngressPath> Paths { get; init; }
}

public sealed record HttpIngressPath
{
    /// <summary>A path prefix; empty matches all.</summary>
    public string? Path { get; init; }

    /// <summary>Header name to the exact value it must have.</summary>
    [JsonConverter(typeof(HeaderMatchesConverter))]
    public StringMap Headers { get; init; }
    public string? RewriteHost { get; init; }
    public StringMap AppendHeaders { get; init; }
    public ValueList<IngressBackendSplit> Splits { get; init; }
}

public sealed record IngressBackendSplit
{
    public string ServiceNamespace { get; init => field = value ?? ""; } = "";

    /// <summary>The Revision's name.</summary>
    public string ServiceName { get; init => field = value ?? ""; } = "";
    public IntOrString? ServicePort { get; init; }
    public int Percent { get; init; }
    public StringMap AppendHeaders { get; init; }
}

public sealed record IngressStatus
{
    public long ObservedGeneration { get; init; }
    public ValueList<Condition> Conditions { get; init; }
    public LoadBalancerStatus? PublicLoadBalancer { get; init; }
    public LoadBalancerStatus? PrivateLoadBalancer { get; init; }
}

public sealed record LoadBalancerStatus
{
    public ValueList<LoadBalancerIngress> Ingress { get; init; }
}

public sealed record LoadBalancerIngress
{
    public string? Ip { get; init; }
    public string? Domain { get; init; }
    public string? DomainInternal { get; init; }
    public bool MeshOnly { get; init; }
}
