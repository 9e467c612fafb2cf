using System.Net;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Networking;
using Kip.Resources.Serving;

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

    /// <summary>One host, everything to the given revisions by percentage.</summary>
    public static Ingress Ingress(string name, string host, params (string Revision, int Percent)[] splits) =>
        Ingress(name, [Rule(host, Path("", splits))]);

    public static Ingress Ingress(string name, ValueList<IngressRule> rules) => new()
    {
        Metadata = new() { Name = name, Namespace = Namespace, Uid = $"ingress-{name}", Generation = 1 },
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
