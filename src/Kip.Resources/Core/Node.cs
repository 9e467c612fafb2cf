using System.Text.Json.Serialization;

namespace Kip.Resources.Core;

/// <summary>The machine that pods run on.</summary>
public sealed record Node : Resource<NodeSpec, NodeStatus>, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "", Version = "v1", Kind = "Node", Plural = "nodes", Singular = "node", Namespaced = false,
        ShortNames = ["no"], HasStatus = true, StrategicMerge = true,
        ClrType = typeof(Node),
    };

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record NodeSpec
{
    [System.Text.Json.Serialization.JsonPropertyName("podCIDR")]
    public string? PodCidr { get; init; }
    [System.Text.Json.Serialization.JsonPropertyName("podCIDRs")]
    public ValueList<string> PodCidrs { get; init; }
    [System.Text.Json.Serialization.JsonPropertyName("providerID")]
    public string? ProviderId { get; init; }
    public bool Unschedulable { get; init; }
    public RawJson? Taints { get; init; }
}

public sealed record NodeStatus
{
    [JsonConverter(typeof(QuantitiesConverter))]
    public StringMap Capacity { get; init; }
    [JsonConverter(typeof(QuantitiesConverter))]
    public StringMap Allocatable { get; init; }
    public ValueList<NodeCondition> Conditions { get; init; }
    public ValueList<NodeAddress> Addresses { get; init; }
    public NodeSystemInfo? NodeInfo { get; init; }
    public RawJson? DaemonEndpoints { get; init; }
    public RawJson? Images { get; init; }
}

public sealed record NodeCondition
{
    public string Type { get; init => field = value ?? ""; } = "";
    public string Status { get; init => field = value ?? ""; } = "";
    public DateTimeOffset? LastHeartbeatTime { get; init; }
    public DateTimeOffset? LastTransitionTime { get; init; }
    public string? Reason { get; init; }
    public string? Message { get; init; }
}

public sealed record NodeAddress
{
    /// <value><c>InternalIP</c>, <c>Hostname</c>…</value>
    public string Type { get; init => field = value ?? ""; } = "";
    public string Address { get; init => field = value ?? ""; } = "";
}

public sealed record NodeSystemInfo
{
    [System.Text.Json.Serialization.JsonPropertyName("machineID")]
    public string? MachineId { get; init; }
    [System.Text.Json.Serialization.JsonPropertyName("systemUUID")]
    public string? SystemUuid { get; init; }
    [System.Text.Json.Serialization.JsonPropertyName("bootID")]
    public string? BootId { get; init; }
    public string? KernelVersion { get; init; }
    public string? OsImage { get; init; }
    public string? ContainerRuntimeVersion { get; init; }
    public string? KubeletVersion { get; init; }
    public string? KubeProxyVersion { get; init; }
    public string? OperatingSystem { get; init; }
    public string? Architecture { get; init; }
}
