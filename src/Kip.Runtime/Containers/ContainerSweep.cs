using Kip.Runtime.Containers.Cgroups;
using Kip.Runtime.Networking;
using Kip.Runtime.Processes;

namespace Kip.Runtime.Containers;

/// <summary>Removes what a life of the platform that was killed has left on the machine: processes in its cgroups, the cgroups, links, the table.</summary>
internal static class ContainerSweep
{
    /// <summary>Quick where nothing was left. Without root nothing can have been.</summary>
    /// <exception cref="IOException">Something cannot be removed.</exception>
    public static async Task RunAsync(PlatformNames names)
    {
        if (LibC.EffectiveUser() != 0) return;
        new CgroupTree(names.Cgroup).RemoveAll();
        if (Links(names).Length > 0)
        {
            await Firewall.RemoveAsync(names.Table);
            RemoveLinks(names);
        }
        if (Directory.Exists(names.RunFolder)) Directory.Delete(names.RunFolder, recursive: true);
    }

    /// <summary>Removes the platform's links.</summary>
    public static void RemoveLinks(PlatformNames names)
    {
        using var netlink = new Netlink();
        foreach (var link in Links(names)) netlink.Delete(link);
    }

    private static string[] Links(PlatformNames names) =>
    [
        .. Directory.EnumerateFileSystemEntries("/sys/class/net").Select(static l => Path.GetFileName(l))
            .Where(l => l == names.Bridge || l.StartsWith(names.LinkPrefix, StringComparison.Ordinal)),
    ];
}
