namespace Kip.Resources.Core;

/// <summary>What runs in a pod. A Revision's spec is this plus four scalars.</summary>
/// <remarks>Fields that Kip keeps but does not act upon are raw JSON, so that manifests that state them survive.</remarks>
public record PodSpec
{
    public ValueList<Container> Containers { get; init; }
    public ValueList<Container> InitContainers { get; init; }
    public ValueList<Volume> Volumes { get; init; }
    public string? RestartPolicy { get; init; }
    public long? TerminationGracePeriodSeconds { get; init; }
    public long? ActiveDeadlineSeconds { get; init; }
    public string? ServiceAccountName { get; init; }
    public string? ServiceAccount { get; init; }
    public bool? AutomountServiceAccountToken { get; init; }
    public ValueList<LocalObjectReference> ImagePullSecrets { get; init; }
    public bool? EnableServiceLinks { get; init; }
    public string? NodeName { get; init; }
    public string? Hostname { get; init; }
    public string? Subdomain { get; init; }
    public string? RuntimeClassName { get; init; }
    public string? SchedulerName { get; init; }
    public string? PriorityClassName { get; init; }
    public int? Priority { get; init; }
    public string? PreemptionPolicy { get; init; }
    public string? DnsPolicy { get; init; }
    public bool? HostNetwork { get; init; }
    [System.Text.Json.Serialization.JsonPropertyName("hostIPC")]
    public bool? HostIpc { get; init; }
    [System.Text.Json.Serialization.JsonPropertyName("hostPID")]
    public bool? HostPid { get; init; }
    public bool? HostUsers { get; init; }
    public bool? ShareProcessNamespace { get; init; }
    [System.Text.Json.Serialization.JsonPropertyName("setHostnameAsFQDN")]
    public bool? SetHostnameAsFqdn { get; init; }
    public StringMap NodeSelector { get; init; }
    public RawJson? SecurityContext { get; init; }
    public RawJson? Affinity { get; init; }
    public RawJson? Tolerations { get; init; }
    public RawJson? TopologySpreadConstraints { get; init; }
    public RawJson? HostAliases { get; init; }
    public RawJson? DnsConfig { get; init; }
    public RawJson? ReadinessGates { get; init; }
    public RawJson? Overhead { get; init; }
    public RawJson? EphemeralContainers { get; init; }
    public RawJson? Os { get; init; }
    public RawJson? SchedulingGates { get; init; }
    public RawJson? ResourceClaims { get; init; }

    /// <summary>These fields alone, without what a derived spec adds: what a pod made from a Revision gets.</summary>
    public PodSpec ToPodSpec() => new(this);
}

public sealed record LocalObjectReference
{
    public string? Name { get; init; }
}

/// <summary>A volume: a name and exactly one source, which is kept as it was written.</summary>
public sealed record Volume
{
    public string Name { get; init => field = value ?? ""; } = "";
    public SecretVolumeSource? Secret { get; init; }
    public ConfigMapVolumeSource? ConfigMap { get; init; }
    public RawJson? EmptyDir { get; init; }
    public RawJson? Projected { get; init; }
    public RawJson? HostPath { get; init; }
    public RawJson? PersistentVolumeClaim { get; init; }
    public RawJson? DownwardAPI { get; init; }
    public RawJson? Csi { get; init; }
    public RawJson? Ephemeral { get; init; }
    public RawJson? Image { get; init; }
    public RawJson? Nfs { get; init; }
}

public sealed record SecretVolumeSource
{
    public string? SecretName { get; init; }
    public ValueList<KeyToPath> Items { get; init; }
    public int? DefaultMode { get; init; }
    public bool? Optional { get; init; }
}

public sealed record ConfigMapVolumeSource
{
    public string? Name { get; init; }
    public ValueList<KeyToPath> Items { get; init; }
    public int? DefaultMode { get; init; }
    public bool? Optional { get; init; }
}

public sealed record KeyToPath
{
    public string Key { get; init => field = value ?? ""; } = "";
    public string Path { get; init => field = value ?? ""; } = "";
    public int? Mode { get; init; }
}

/// <summary>A pod to be made: its metadata and spec.</summary>
public sealed record PodTemplateSpec
{
    public ObjectMeta Metadata { get; init => field = value ?? ObjectMeta.Empty; } = ObjectMeta.Empty;
    public PodSpec Spec { get; init => field = value ?? new(); } = new();
}
