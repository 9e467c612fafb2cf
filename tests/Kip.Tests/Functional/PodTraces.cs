using Kip.Runtime.Recovery;
using Kip.Testing.Programs;

namespace Kip.Tests.Functional;

/// <summary>What is on the machine of a container's pod, or of a whole platform.</summary>
internal static class PodTraces
{
    /// <summary>Its cgroups, its folder and its processes.</summary>
    public static List<string> Of(KipProgram kip, string uid)
    {
        var traces = Cgroups($"kip-{Id(kip)}/{uid}");
        var folder = Path.Combine(kip.Data, "pods", uid);
        if (Directory.Exists(folder)) traces.Add(folder);
        traces.AddRange(Processes(uid));
        return traces;
    }

    /// <summary>All that a platform has made for its containers: cgroups, links, mounts, the firewall table, its folder in memory, processes.</summary>
    public static async Task<List<string>> OfAllAsync(KipProgram kip)
    {
        var id = Id(kip);
        var traces = Cgroups($"kip-{id}");
        traces.AddRange(Directory.EnumerateFileSystemEntries("/sys/class/net").Where(
            l => Path.GetFileName(l) == $"kip{id}" || Path.GetFileName(l).StartsWith($"k{id[..6]}-", StringComparison.Ordinal)));
        traces.AddRange(Mounts(kip));
        if (Directory.Exists($"/run/kip/{id}")) traces.Add($"/run/kip/{id}");
        if ((await Command.RunAsync("/usr/sbin/nft", ["list", "tables"])).Output.Contains($"kip_{id}", StringComparison.Ordinal)) traces.Add($"table kip_{id}");
        traces.AddRange(Processes($"kip-{id}"));
        return traces;
    }

    /// <summary>What of it is in the machine's own mount table, where nothing of it should ever be.</summary>
    public static IEnumerable<string> Mounts(KipProgram kip) => File.ReadLines("/proc/mounts").Where(l => l.Contains(kip.Data, StringComparison.Ordinal));

    private static string Id(KipProgram kip) => File.ReadAllText(Path.Combine(kip.Data, "runtime-id")).Trim()[..8];

    private static List<string> Cgroups(string name) =>
    [
        .. Directory.EnumerateDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup").Select(h => Path.Combine(h, name)).Where(Directory.Exists),
    ];

    private static IEnumerable<string> Processes(string cgroup) =>
        ProcessTable.All().Where(p => CgroupsOf(p.Pid).Contains(cgroup, StringComparison.Ordinal)).Select(static p => $"process {p.Pid}");

    private static string CgroupsOf(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cgroup");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
