using System.Net;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Networking;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;
using Service = Kip.Resources.Core.Service;

namespace Kip.Testing.Traffic;

/// <summary>The objects a gateway reads, as short as a test wants to say them. Everything is in the namespace <c>default</c>.</summary>
public static class TrafficObjects
{
    public const string Namespace = "default";

    public static NamespacedName Name(string name) => new(Namespace, name);

    public static Revision Revision(
        string name, int concurrency = 0, int timeout = 300, int responseStart = 0, int idle = 0, bool http2 = false, string? uid = null) => new()
    {
        Metadata = new()
        {
            Name = name, Namespace = Namespace, Uid = uid ?? $"revision-{name}",
            Labels = StringMap.Of(("serving.knative.dev/service", name.Split('-')[0])),
        },
        Spec = new()
        {
            ContainerConcurrency = concurrency, TimeoutSeconds = timeout,
            ResponseStartTimeoutSeconds = responseStart == 0 ? null : responseStart, IdleTimeoutSeconds = idle == 0 ? null : idle,
            Containers = [new() { Name = "user-container", Ports = [new() { Name = http2 ? "h2c" : "http1", ContainerPortNumber = 8080 }] }],
        },
    };

    /// <summary>A ready pod of a revision, or one that is not ready yet.</summary>
    public static Pod Pod(string revision, string name, int port, bool ready = true, string? uid = null) => new()
    {
        Metadata = new()
        {
            Name = name, Namespace = Namespace, Uid = uid ?? $"pod-{name}",
            Labels = StringMap.Of(("serving.knative.dev/revision", revision)),
            Annotations = StringMap.Of(("kip.dev/port", port.ToString())),
        },
        Spec = new() { Containers = [new() { Name = "user-container", Ports = [new() { ContainerPortNumber = 8080 }] }] },
        Status = new()
        {
            Phase = "Running", PodIP = IPAddress.Loopback.ToString(),
            Conditions = [new() { Type = "Ready", Status = ready ? ConditionStatus.True : ConditionStatus.False }],
        },
    };

    /// <summary>A core Service with one port; its Endpoints are the test's to make.</summary>
    public static Service Service(string name, int port = 80, string? portName = null) => new()
    {
        Metadata = new() { Name = name, Namespace = Namespace, Uid = $"service-{name}" },
        Spec = new() { Type = "ClusterIP", Ports = [new() { Name = portName, Port = port }] },
    };

    /// <summary>A Service that stands for another host.</summary>
    public static Service ExternalName(string name, string host) => new()
    {
        Metadata = new() { Name = name, Namespace = Namespace, Uid = $"service-{name}" },
        Spec = new() { Type = "ExternalName", ExternalName = host },
    };

    public static Endpoints Endpoints(string service, params int[] ports) => new()
    {
        Metadata = new() { Name = service, Namespace = Namespace, Uid = $"endpoints-{service}" },
        Subsets = ports.Select(static p => new EndpointSubset { Addresses = [new() { Ip = "127.0.0.1" }], Ports = [new() { Port = p }] }).ToValueList(),
    };

    /// <summary>One host, everything to the given revisions by percentage.</summary>
    public static Ingress Ingress(string name, string host, params (string Revision, int Percent)[] splits) =>
        Ingress(name, [Rule(host, Path("", splits))]);

    public static Ingress Ingress(string name, ValueList<IngressRule> rules) => new()
    {
        Metadata = new()
        {
            Name = name, Namespace = Namespace, Uid = $"ingress-{name}", Generation = 1,
            Annotations = StringMap.Of((ServingAnnotations.IngressClass, NetworkConfig.KipIngressClass)),
        },
        Spec = new() { Rules = rules },
    };

    public static IngressRule Rule(string host, params HttpIngressPath[] paths) => new()
    {
        Hosts = [host], Visibility = "ExternalIP", Http = new() { Paths = [.. paths] },
    };

    public static HttpIngressPath Path(string prefix, params (string Revision, int Percent)[] splits) => new()
    {
        Path = prefix,
        Splits = splits.Select(static s => new IngressBackendSplit
        {
            ServiceNamespace = Namespace, ServiceName = s.Revision, ServicePort = 80, Percent = s.Percent,
            AppendHeaders = StringMap.Of(("Knative-Serving-Revision", s.Revision), ("Knative-Serving-Namespace", Namespace)),
        }).ToValueList(),
    };
}
