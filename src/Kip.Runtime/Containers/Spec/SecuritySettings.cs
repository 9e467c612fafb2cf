using System.Collections.Immutable;
using System.Text.Json;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Pods;
using Kip.Runtime.Pods.Slots;

namespace Kip.Runtime.Containers.Spec;

/// <summary>What a container may do: its own <c>securityContext</c> over its pod's.</summary>
public sealed record SecuritySettings
{
    public long? RunAsUser { get; init; }
    public long? RunAsGroup { get; init; }
    public bool RunAsNonRoot { get; init; }
    public bool ReadOnlyRootFilesystem { get; init; }

    /// <summary>Whether a program may come to more rights than it was started with: only if asked for, unlike in Kubernetes.</summary>
    public bool AllowPrivilegeEscalation { get; init; }
    public ImmutableArray<string> Add { get; init; } = [];
    public ImmutableArray<string> Drop { get; init; } = [];

    /// <summary>False only for <c>seccompProfile: {type: Unconfined}</c>.</summary>
    public bool Seccomp { get; init; } = true;
    public long? FsGroup { get; init; }
    public ImmutableArray<long> SupplementalGroups { get; init; } = [];

    /// <summary>Reads both contexts.</summary>
    /// <exception cref="ContainerSetupException">Something is asked for that Kip does not do.</exception>
    internal static SecuritySettings Of(PodSpec pod, Container container)
    {
        RefuseSharing(pod);
        var settings = Over(new SecuritySettings(), pod.SecurityContext, "the pod's securityContext");
        return Over(settings, container.SecurityContext, $"the securityContext of container \"{container.Name}\"");
    }

    private static void RefuseSharing(PodSpec pod)
    {
        if (pod.HostNetwork == true) throw Refused("hostNetwork: a container has a network of its own");
        if (pod.HostPid == true) throw Refused("hostPID: a container does not see the machine's processes");
        if (pod.HostIpc == true) throw Refused("hostIPC: a container does not share the machine's memory segments");
        if (pod.HostUsers == false) throw Refused("hostUsers: false: containers have no user namespace of their own (docs/containers.md, Security)");
        if (pod.ShareProcessNamespace == true) throw Refused("shareProcessNamespace: each container has its own processes");
    }

    private static SecuritySettings Over(SecuritySettings settings, RawJson? context, string where)
    {
        if (context is null) return settings;
        using var json = JsonDocument.Parse(context.Text);
        if (json.RootElement.ValueKind != JsonValueKind.Object) return settings;
        foreach (var field in json.RootElement.EnumerateObject())
            if (field.Value.ValueKind != JsonValueKind.Null) settings = settings.With(field.Name, field.Value, where);
        return settings;
    }

    private SecuritySettings With(string name, JsonElement value, string where) => name switch
    {
        "runAsUser" => this with { RunAsUser = value.GetInt64() },
        "runAsGroup" => this with { RunAsGroup = value.GetInt64() },
        "runAsNonRoot" => this with { RunAsNonRoot = value.GetBoolean() },
        "readOnlyRootFilesystem" => this with { ReadOnlyRootFilesystem = value.GetBoolean() },
        "allowPrivilegeEscalation" => this with { AllowPrivilegeEscalation = value.GetBoolean() },
        "capabilities" => this with { Add = Names(value, "add"), Drop = Names(value, "drop") },
        "seccompProfile" => this with { Seccomp = SeccompOf(value, where) },
        "fsGroup" => this with { FsGroup = value.GetInt64() },
        "supplementalGroups" => this with { SupplementalGroups = [.. value.EnumerateArray().Select(static g => g.GetInt64())] },
        "privileged" when value.GetBoolean() =>
            throw Refused($"{where} asks for privileged: no container has the machine's rights; add the capability it needs"),
        "procMount" when value.GetString() is not ("" or "Default") => throw Refused($"{where} asks for an unmasked /proc"),
        "sysctls" when value.GetArrayLength() > 0 => throw Refused($"{where} sets sysctls"),
        // The fields of other systems (SELinux, AppArmor, Windows) and the ways to change a volume's group mean nothing here.
        _ => this,
    };

    private static bool SeccompOf(JsonElement profile, string where)
    {
        var type = profile.TryGetProperty("type", out var value) ? value.GetString() : null;
        return type switch
        {
            "Unconfined" => false,
            "Localhost" => throw Refused($"{where} names a seccomp profile of this machine; RuntimeDefault and Unconfined are there"),
            _ => true,
        };
    }

    private static ImmutableArray<string> Names(JsonElement capabilities, string list) =>
        capabilities.TryGetProperty(list, out var names) && names.ValueKind == JsonValueKind.Array
            ? [.. names.EnumerateArray().Select(static n => n.GetString() ?? "")]
            : [];

    private static ContainerSetupException Refused(string what) => new("CreateContainerConfigError", $"not supported: {what}");
}
