using System.Text.Json.Serialization;

namespace Kip.Resources.Core;

/// <summary>One program of a pod: its image, command, environment, ports and probes.</summary>
public sealed record Container
{
    public string Name { get; init => field = SharedText.Of(value ?? ""); } = "";
    public string Image { get; init => field = SharedText.Of(value ?? ""); } = "";
    public string? ImagePullPolicy { get; init; }
    public ValueList<string> Command { get; init; }
    public ValueList<string> Args { get; init; }
    public string? WorkingDir { get; init; }
    public ValueList<ContainerPort> Ports { get; init; }
    public ValueList<EnvVar> Env { get; init; }
    public ValueList<EnvFromSource> EnvFrom { get; init; }
    public ResourceRequirements? Resources { get; init; }
    public ValueList<VolumeMount> VolumeMounts { get; init; }
    public Probe? LivenessProbe { get; init; }
    public Probe? ReadinessProbe { get; init; }
    public Probe? StartupProbe { get; init; }
    public RawJson? Lifecycle { get; init; }
    public RawJson? SecurityContext { get; init; }
    public string? TerminationMessagePath { get; init; }
    public string? TerminationMessagePolicy { get; init; }
    public string? RestartPolicy { get; init; }
    public bool Stdin { get; init; }
    public bool StdinOnce { get; init; }
    public bool Tty { get; init; }
    public RawJson? VolumeDevices { get; init; }
    public RawJson? ResizePolicy { get; init; }
}

public sealed record ContainerPort
{
    public string? Name { get; init; }
    [JsonPropertyName("containerPort")]
    public int ContainerPortNumber { get; init; }
    public int HostPort { get; init; }
    public string? HostIP { get; init; }
    public string? Protocol { get; init; }
}

public sealed record EnvVar
{
    public string Name { get; init => field = value ?? ""; } = "";
    public string? Value { get; init; }
    public EnvVarSource? ValueFrom { get; init; }
}

public sealed record EnvVarSource
{
    public KeySelector? ConfigMapKeyRef { get; init; }
    public KeySelector? SecretKeyRef { get; init; }
    public RawJson? FieldRef { get; init; }
    public RawJson? ResourceFieldRef { get; init; }
}

/// <summary>One key of a ConfigMap or Secret.</summary>
public sealed record KeySelector
{
    public string? Name { get; init; }
    public string Key { get; init => field = value ?? ""; } = "";
    public bool? Optional { get; init; }
}

public sealed record EnvFromSource
{
    public string? Prefix { get; init; }
    public ObjectSelector? ConfigMapRef { get; init; }
    public ObjectSelector? SecretRef { get; init; }
}

/// <summary>A whole ConfigMap or Secret.</summary>
public sealed record ObjectSelector
{
    public string? Name { get; init; }
    public bool? Optional { get; init; }
}

/// <summary>Quantities by resource name, as they were written (<c>cpu: 500m</c>).</summary>
public sealed record ResourceRequirements
{
    [JsonConverter(typeof(QuantitiesConverter))]
    public StringMap Limits { get; init; }
    [JsonConverter(typeof(QuantitiesConverter))]
    public StringMap Requests { get; init; }
    public RawJson? Claims { get; init; }
}

public sealed record VolumeMount
{
    public string Name { get; init => field = value ?? ""; } = "";
    public string MountPath { get; init => field = value ?? ""; } = "";
    public bool ReadOnly { get; init; }
    public string? SubPath { get; init; }
    public string? SubPathExpr { get; init; }
    public string? MountPropagation { get; init; }
    public string? RecursiveReadOnly { get; init; }
}
