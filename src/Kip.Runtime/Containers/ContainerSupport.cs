using Kip.Runtime.Containers.Cgroups;
using Kip.Runtime.Containers.Oci;
using Kip.Runtime.Processes;

namespace Kip.Runtime.Containers;

/// <summary>Whether this machine lets Kip run containers.</summary>
public static class ContainerSupport
{
    /// <summary>What is missing and what to do about it, as one sentence. Null: nothing.</summary>
    /// <param name="runtime">The OCI runtime that is wanted; null: either.</param>
    public static string? Missing(string? runtime = null)
    {
        if (LibC.EffectiveUser() != 0)
            return "containers need root (namespaces, mounts, a bridge): start the platform with sudo, or deploy from source with 'kip deploy DIR', "
                + "which runs processes";
        if (OciRuntime.Find(runtime) is null)
            return runtime is null
                ? "neither crun nor runc is installed (Debian: apt install crun)"
                : $"{runtime} is not installed (Debian: apt install {runtime})";
        if (!File.ReadLines("/proc/filesystems").Any(static l => l.EndsWith("overlay", StringComparison.Ordinal)) && !Directory.Exists("/sys/module/overlay"))
            return "this kernel has no overlayfs (try: modprobe overlay)";
        if (!((string[])["/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft"]).Any(File.Exists)) return "nft is not installed (Debian: apt install nftables)";
        return new CgroupTree("kip").Missing();
    }

    /// <summary>The OCI runtime that is used, by name. Null: none is installed.</summary>
    /// <param name="runtime">The one that is wanted; null: either.</param>
    public static string? RuntimeName(string? runtime = null) => OciRuntime.Find(runtime) is { } program ? Path.GetFileName(program) : null;
}
