namespace Kip.Resources.Core;

/// <summary>A stable name for a set of pods.</summary>
public sealed record Service : Resource<ServiceSpec, ServiceStatus>, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "", Version = "v1", Kind = "Service", Plural = "services", Singular = "service", Namespaced = true,
        ShortNames = ["svc"], Categories = ["all"], HasStatus = true, StrategicMerge = true,
        ClrType = typeof(Service),
    };

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record ServiceSpec
{
    /// <value><c>ClusterIP</c> (the default), <c>ExternalName</c>, <c>NodePort</c> or <c>LoadBalancer</c>.</value>
    public string? Type { get; init; }
    public StringMap Selector { get; init; }
    public ValueList<ServicePort> Ports { get; init; }
    public string? ClusterIP { get; init; }
    [System.Text.Json.Serialization.JsonPropertyName("clusterIPs")]
    public ValueList<string> ClusterIPs { get; init; }
    public string? ExternalName { get; init; }
    [System.Text.Json.Serialization.JsonPropertyName("externalIPs")]
    public ValueList<string> ExternalIPs { get; init; }
    public string? SessionAffinity { get; init; }
    public RawJson? SessionAffinityConfig { get; init; }
    public bool PublishNotReadyAddresses { get; init; }
    public ValueList<string> IpFamilies { get; init; }
    public string? IpFamilyPolicy { get; init; }
    public string? InternalTrafficPolicy { get; init; }
    public string? ExternalTrafficPolicy { get; init; }
    public bool? AllocateLoadBalancerNodePorts { get; init; }
    public string? LoadBalancerClass { get; init; }
    public string? LoadBalancerIP { get; init; }
    public ValueList<string> LoadBalancerSourceRanges { get; init; }
    public int HealthCheckNodePort { get; init; }
    public string? TrafficDistribution { get; init; }
}

public sealed record ServicePort
{
    public string? Name { get; init; }
    public string? Protocol { get; init; }
    public int Port { get; init; }
    public IntOrString? TargetPort { get; init; }
    public int NodePort { get; init; }
    public string? AppProtocol { get; init; }
}

public sealed record ServiceStatus
{
    public RawJson? LoadBalancer { get; init; }
    public ValueList<Condition> Conditions { get; init; }
}
