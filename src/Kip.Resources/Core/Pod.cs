using System.Text.Json.Serialization;

namespace Kip.Resources.Core;

/// <summary>One running instance: the containers that share an address.</summary>
public sealed record Pod : Resource<PodSpec, PodStatus>, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "", Version = "v1", Kind = "Pod", Plural = "pods", Singular = "pod", Namespaced = true,
        ShortNames = ["po"], Categories = ["all"], HasStatus = true, StrategicMerge = true,
        ClrType = typeof(Pod),
    };

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record PodStatus
{
    public long ObservedGeneration { get; init; }

    /// <value><c>Pending</c>, <c>Running</c>, <c>Succeeded</c>, <c>Failed</c> or <c>Unknown</c>.</value>
    public string? Phase { get; init; }
    public ValueList<Condition> Conditions { get; init; }
    public string? Message { get; init; }
    public string? Reason { get; init; }
    public string? HostIP { get; init; }
    public string? PodIP { get; init; }
    [JsonPropertyName("podIPs")]
    public ValueList<PodIP> PodIPs { get; init; }
    public DateTimeOffset? StartTime { get; init; }
    public ValueList<ContainerStatus> InitContainerStatuses { get; init; }
    public ValueList<ContainerStatus> ContainerStatuses { get; init; }
    public string? QosClass { get; init; }

    /// <summary>Kip's own: when this pod passed each stage of its last start, to the microsecond, so that a cold start can be explained.</summary>
    [JsonPropertyName("kip.dev/startup")]
    public PodStartup? Startup { get; init; }
}

/// <summary>The stages of a pod's start.</summary>
public sealed record PodStartup
{
    /// <summary>The runtime took the pod on.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? Accepted { get; init; }

    /// <summary>The last of its processes was started.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? Started { get; init; }

    /// <summary>It was found ready.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? Ready { get; init; }
}

public sealed record PodIP
{
    public required string Ip { get; init; }
}

public sealed record ContainerStatus
{
    public required string Name { get; init; }
    public ContainerState? State { get; init; }
    public ContainerState? LastState { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool Ready { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int RestartCount { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string Image { get; init => field = value ?? ""; } = "";
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string ImageID { get; init => field = value ?? ""; } = "";
    public string? ContainerID { get; init; }
    public bool? Started { get; init; }
}

/// <summary>Exactly one of waiting, running and terminated.</summary>
public sealed record ContainerState
{
    public ContainerStateWaiting? Waiting { get; init; }
    public ContainerStateRunning? Running { get; init; }
    public ContainerStateTerminated? Terminated { get; init; }
}

public sealed record ContainerStateWaiting
{
    public string? Reason { get; init; }
    public string? Message { get; init; }
}

public sealed record ContainerStateRunning
{
    public DateTimeOffset? StartedAt { get; init; }
}

public sealed record ContainerStateTerminated
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int ExitCode { get; init; }
    public int Signal { get; init; }
    public string? Reason { get; init; }
    public string? Message { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public string? ContainerID { get; init; }
}
