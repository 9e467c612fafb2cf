using System.Buffers;
using System.Text.Json;

namespace Kip.Runtime.Containers.Spec;

/// <summary>Writes a container's OCI runtime specification (<c>config.json</c>, opencontainers/runtime-spec 1.0).</summary>
public static class OciSpec
{
    // What shows the machine rather than the container (the lists of containerd).
    private static readonly string[] Masked =
    [
        "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
        "/proc/scsi", "/proc/interrupts", "/sys/firmware", "/sys/devices/virtual/powercap",
    ];

    private static readonly string[] ReadOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    /// <summary>The specification as UTF-8 JSON.</summary>
    public static byte[] Write(ContainerPlan plan, bool indented = false)
    {
        var buffer = new ArrayBufferWriter<byte>(32 * 1024);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = indented }))
        {
            json.WriteStartObject();
            json.WriteString("ociVersion", "1.0.2");
            WriteProcess(json, plan);
            json.WriteStartObject("root");
            json.WriteString("path", plan.Root);
            json.WriteBoolean("readonly", plan.ReadOnlyRoot);
            json.WriteEndObject();
            json.WriteString("hostname", plan.Hostname);
            WriteAnnotations(json, plan);
            WriteMounts(json, plan);
            WriteLinux(json, plan);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteProcess(Utf8JsonWriter json, ContainerPlan plan)
    {
        json.WriteStartObject("process");
        json.WriteBoolean("terminal", plan.Terminal);
        json.WriteStartObject("user");
        json.WriteNumber("uid", plan.User.Uid);
        json.WriteNumber("gid", plan.User.Gid);
        json.WriteStartArray("additionalGids");
        foreach (var group in plan.User.Groups) json.WriteNumberValue(group);
        json.WriteEndArray();
        json.WriteEndObject();
        Write(json, "args", plan.Arguments);
        Write(json, "env", plan.Environment.Select(static e => $"{e.Key}={e.Value}"));
        json.WriteString("cwd", plan.WorkingDirectory);
        json.WriteStartObject("capabilities");
        // Neither inheritable nor ambient: what runs as another user than root has none.
        foreach (var set in (string[])["bounding", "effective", "permitted"]) Write(json, set, plan.Capabilities);
        json.WriteEndObject();
        json.WriteStartArray("rlimits");
        json.WriteStartObject();
        json.WriteString("type", "RLIMIT_NOFILE");
        json.WriteNumber("hard", plan.OpenFiles);
        json.WriteNumber("soft", plan.OpenFiles);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteBoolean("noNewPrivileges", plan.NoNewPrivileges);
        json.WriteEndObject();
    }

    private static void WriteAnnotations(Utf8JsonWriter json, ContainerPlan plan)
    {
        if (plan.Seccomp is null || plan.CompiledSeccomp is null) return;
        json.WriteStartObject("annotations");
        json.WriteString("run.oci.seccomp_bpf_data", plan.CompiledSeccomp);
        json.WriteEndObject();
    }

    private static void WriteMounts(Utf8JsonWriter json, ContainerPlan plan)
    {
        json.WriteStartArray("mounts");
        Mount(json, "/proc", "proc", "proc", "nosuid", "noexec", "nodev");
        Mount(json, "/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k");
        Mount(json, "/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5");
        Mount(json, "/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777", "size=65536k");
        Mount(json, "/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev");
        Mount(json, "/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro");
        Mount(json, "/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev", "relatime", "ro");
        foreach (var mount in plan.Mounts)
        {
            if (mount.Source is null) Mount(json, mount.Target, "tmpfs", "tmpfs", "nosuid", "nodev", "mode=1777", $"size={mount.Size}");
            else Mount(json, mount.Target, "bind", mount.Source, "rbind", "rprivate", "nosuid", "nodev", mount.ReadOnly ? "ro" : "rw");
        }
        json.WriteEndArray();
    }

    private static void WriteLinux(Utf8JsonWriter json, ContainerPlan plan)
    {
        json.WriteStartObject("linux");
        json.WriteStartObject("sysctl");
        // The pod's own network: its programs need no capability for a low port.
        json.WriteString("net.ipv4.ip_unprivileged_port_start", "0");
        json.WriteEndObject();
        json.WriteString("cgroupsPath", plan.Cgroup);
        WriteResources(json, plan.Limits);
        json.WriteStartArray("namespaces");
        foreach (var kind in (string[])["pid", "ipc", "uts", "mount"]) Namespace(json, kind, null);
        Namespace(json, "network", plan.NetworkNamespace);
        json.WriteEndArray();
        if (plan.Seccomp is { } profile)
        {
            json.WritePropertyName("seccomp");
            // A runtime that does not know the annotation lets nothing run rather than everything.
            json.WriteRawValue(plan.CompiledSeccomp is null ? profile : "{\"defaultAction\":\"SCMP_ACT_ERRNO\"}");
        }
        Write(json, "maskedPaths", Masked);
        Write(json, "readonlyPaths", ReadOnly);
        json.WriteEndObject();
    }

    private static void WriteResources(Utf8JsonWriter json, ResourceLimits limits)
    {
        json.WriteStartObject("resources");
        json.WriteStartArray("devices");
        json.WriteStartObject();
        json.WriteBoolean("allow", false);
        json.WriteString("access", "rwm");
        json.WriteEndObject();
        json.WriteEndArray();
        if (limits.Memory is { } memory and > 0)
        {
            json.WriteStartObject("memory");
            json.WriteNumber("limit", memory);
            json.WriteEndObject();
        }
        json.WriteStartObject("cpu");
        json.WriteNumber("shares", limits.CpuShares);
        if (limits.CpuQuota is { } quota)
        {
            json.WriteNumber("quota", quota);
            json.WriteNumber("period", ResourceLimits.CpuPeriod);
        }
        json.WriteEndObject();
        json.WriteStartObject("pids");
        json.WriteNumber("limit", limits.Pids);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Namespace(Utf8JsonWriter json, string kind, string? path)
    {
        json.WriteStartObject();
        json.WriteString("type", kind);
        if (path is not null) json.WriteString("path", path);
        json.WriteEndObject();
    }

    private static void Mount(Utf8JsonWriter json, string target, string type, string source, params string[] options)
    {
        json.WriteStartObject();
        json.WriteString("destination", target);
        json.WriteString("type", type);
        json.WriteString("source", source);
        Write(json, "options", options);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
