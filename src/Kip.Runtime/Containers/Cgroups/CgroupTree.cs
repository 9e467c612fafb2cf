using System.Globalization;
using System.Runtime.InteropServices;
using Kip.Runtime.Processes;
using Kip.Runtime.Recovery;

namespace Kip.Runtime.Containers.Cgroups;

/// <summary>The platform's part of the machine's cgroups: <c>/kip-ID</c> in every hierarchy, below it a folder per pod, below that one per container.</summary>
/// <param name="name">The platform's folder, e.g. <c>kip-1a2b3c4d</c>.</param>
/// <param name="root">Where the machine has its cgroups.</param>
internal sealed class CgroupTree(string name, string root = "/sys/fs/cgroup")
{
    private const int Rounds = 2000;

    /// <summary>Whether the machine has one hierarchy for all (v2) rather than one per resource.</summary>
    public bool IsUnified { get; } = File.Exists(Path.Combine(root, "cgroup.controllers"));

    /// <summary>Whether memory, processes and processors can be limited; otherwise what is missing.</summary>
    public string? Missing()
    {
        var here = IsUnified
            ? File.ReadAllText(Path.Combine(root, "cgroup.controllers")).Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : Directory.Exists(root) ? [.. Directory.EnumerateDirectories(root).Select(static d => Path.GetFileName(d))] : [];
        string[] missing = [.. ((string[])["memory", "pids", "cpu"]).Except(here)];
        return missing.Length == 0 ? null : $"the cgroup controllers {string.Join(", ", missing)} are not there below {root}";
    }

    /// <summary>A container's cgroup as an OCI specification names it.</summary>
    public string Of(string pod, string container) => $"/{name}/{pod}/{container}";

    /// <summary>A cgroup's folder in the hierarchy of a controller.</summary>
    public string Folder(string cgroup, string controller) => Path.Combine(IsUnified ? root : Path.Combine(root, controller), cgroup.TrimStart('/'));

    /// <summary>Kills what runs in a cgroup and below it, now.</summary>
    /// <returns>How many there were.</returns>
    public int Kill(string cgroup)
    {
        var count = 0;
        foreach (var pid in Pids(cgroup))
        {
            count++;
            _ = LibC.Kill(pid, LibC.SigKill);
        }
        return count;
    }

    /// <summary>Kills a process of a cgroup with all that it has started there and that is still of its session or below it.</summary>
    /// <returns>How many there were.</returns>
    public int KillTree(string cgroup, int first)
    {
        var there = Pids(cgroup).Select(static p => ProcessTable.Read(p)).OfType<ProcessTable.Entry>().ToArray();
        var tree = there.Where(p => p.Pid == first || p.Session == first).Select(static p => p.Pid).ToHashSet();
        for (var before = 0; before < tree.Count;)
        {
            before = tree.Count;
            tree.UnionWith(there.Where(p => tree.Contains(p.Parent)).Select(static p => p.Pid));
        }
        foreach (var pid in tree) _ = LibC.Kill(pid, LibC.SigKill);
        return tree.Count;
    }

    /// <summary>Kills all that runs in a cgroup and takes it away in every hierarchy.</summary>
    /// <exception cref="IOException">Something does not end.</exception>
    public void Remove(string cgroup)
    {
        for (var round = 0; ; round++)
        {
            var left = Kill(cgroup);
            if (left == 0 && Hierarchies().Select(h => Path.Combine(h, cgroup.TrimStart('/'))).All(TryRemove)) return;
            if (round == Rounds) throw new IOException($"cgroup {cgroup} cannot be removed: {left} processes in it do not end");
            Thread.Sleep(round < 10 ? 1 : 10);
        }
    }

    /// <summary>Removes the platform's whole part.</summary>
    public void RemoveAll() => Remove("/" + name);

    private IEnumerable<string> Hierarchies() => IsUnified ? [root] : Directory.Exists(root) ? Directory.EnumerateDirectories(root) : [];

    private HashSet<int> Pids(string cgroup)
    {
        var pids = new HashSet<int>();
        // A process may be in a cgroup of one hierarchy and not of another; the platform's are in all.
        foreach (var hierarchy in Hierarchies()) AddPids(Path.Combine(hierarchy, cgroup.TrimStart('/')), pids);
        return pids;
    }

    private static void AddPids(string folder, HashSet<int> pids)
    {
        try
        {
            foreach (var line in File.ReadLines(Path.Combine(folder, "cgroup.procs")))
                if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && pid > 0) pids.Add(pid);
            foreach (var below in Directory.EnumerateDirectories(folder)) AddPids(below, pids);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It has been removed meanwhile, or never was there.
        }
    }

    /// <summary>The files in a cgroup's folder are not removed; the folder is, once nothing runs there.</summary>
    private static bool TryRemove(string folder)
    {
        if (!Directory.Exists(folder)) return true;
        try
        {
            foreach (var below in Directory.EnumerateDirectories(folder)) TryRemove(below);
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        return LibC.RemoveDirectory(folder) == 0 || Marshal.GetLastPInvokeError() == LibC.NotFound;
    }
}
