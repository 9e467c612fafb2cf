using System.Diagnostics;
using Kip.Runtime.Containers.Cgroups;
using Kip.Runtime.Recovery;
using Shouldly;

namespace Kip.Tests.Runtime.Containers;

/// <summary>Cgroups of one hierarchy for all (v2): on this machine's own second hierarchy where it has one, and on files in its place.</summary>
public sealed class CgroupTreeTests : IDisposable
{
    private const string Unified = "/sys/fs/cgroup/unified";

    private readonly string _folder = Directory.CreateTempSubdirectory("kip-cgroups-").FullName;
    private readonly string _name = $"kip-tests-{Guid.NewGuid():n}";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_unified_hierarchy_says_itself_what_can_be_limited()
    {
        File.WriteAllText(Path.Combine(_folder, "cgroup.controllers"), "cpuset cpu io memory pids\n");
        var tree = new CgroupTree("kip-1", _folder);

        tree.IsUnified.ShouldBeTrue();
        tree.Missing().ShouldBeNull();
        tree.Folder(tree.Of("uid", "app-0"), "memory").ShouldBe(Path.Combine(_folder, "kip-1/uid/app-0"));
        File.WriteAllText(Path.Combine(_folder, "cgroup.controllers"), "cpu io\n");
        new CgroupTree("kip-1", _folder).Missing().ShouldBe($"the cgroup controllers memory, pids are not there below {_folder}");
    }

    [Fact]
    public void Separate_hierarchies_are_looked_for_one_by_one()
    {
        foreach (var controller in (string[])["memory", "cpu"]) Directory.CreateDirectory(Path.Combine(_folder, controller));
        var tree = new CgroupTree("kip-1", _folder);

        tree.IsUnified.ShouldBeFalse();
        tree.Missing()!.ShouldContain("controllers pids are not there");
        tree.Folder(tree.Of("uid", "app-0"), "memory").ShouldBe(Path.Combine(_folder, "memory/kip-1/uid/app-0"));
    }

    [Fact]
    public async Task In_a_unified_hierarchy_the_pods_cgroup_counts_who_was_killed_for_memory()
    {
        File.WriteAllText(Path.Combine(_folder, "cgroup.controllers"), "cpu memory pids\n");
        var tree = new CgroupTree("kip-1", _folder);
        var pod = Directory.CreateDirectory(Path.Combine(_folder, "kip-1/uid")).FullName;
        File.WriteAllText(Path.Combine(pod, "memory.events"), "low 0\nhigh 0\nmax 3\noom 1\noom_kill 1\n");
        using var watch = OomWatch.Begin(tree, tree.Of("uid", "app-0"));

        (await watch.HasHappenedAsync(TimeProvider.System)).ShouldBeFalse();
        File.WriteAllText(Path.Combine(pod, "memory.events"), "low 0\nhigh 0\nmax 5\noom 2\noom_kill 2\n");
        (await watch.HasHappenedAsync(TimeProvider.System)).ShouldBeTrue();
    }

    [Fact]
    public void A_whole_tree_of_a_unified_hierarchy_is_emptied_and_removed()
    {
        if (!File.Exists(Path.Combine(Unified, "cgroup.controllers"))) Assert.Skip("this machine has no second hierarchy");
        var tree = new CgroupTree(_name, Unified);
        var folder = Directory.CreateDirectory(tree.Folder(tree.Of("uid", "app-0"), "memory") + "/below").FullName;
        using var first = Process.Start("sleep", "1000");
        using var below = Process.Start("sleep", "1000");
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(folder)!, "cgroup.procs"), $"{first.Id}");
        File.WriteAllText(Path.Combine(folder, "cgroup.procs"), $"{below.Id}");

        tree.RemoveAll();

        first.WaitForExit();
        below.WaitForExit();
        Directory.Exists(Path.Combine(Unified, _name)).ShouldBeFalse();
    }

    [Fact]
    public void A_program_is_killed_with_what_it_has_started_and_others_of_the_cgroup_are_not()
    {
        if (!File.Exists(Path.Combine(Unified, "cgroup.controllers"))) Assert.Skip("this machine has no second hierarchy");
        var tree = new CgroupTree(_name, Unified);
        var cgroup = tree.Of("uid", "app-0");
        var folder = Directory.CreateDirectory(tree.Folder(cgroup, "memory")).FullName;
        try
        {
            using var other = Process.Start("sleep", "1000");
            File.WriteAllText(Path.Combine(folder, "cgroup.procs"), $"{other.Id}");
            // One that leaves the session, and one that stays: both are below the shell.
            using var shell = Process.Start(new ProcessStartInfo(
                "setsid",
                ["sh", "-c", "echo $$ > $0/cgroup.procs; setsid sleep 1000 & sleep 1000 & echo $$ $!; wait", folder]) { RedirectStandardOutput = true })!;
            var pids = shell.StandardOutput.ReadLine()!.Split(' ').Select(int.Parse).ToArray();

            tree.KillTree(cgroup, pids[0]).ShouldBe(3);

            shell.WaitForExit();
            SpinWait.SpinUntil(() => pids.All(static pid => ProcessTable.Read(pid) is null), TimeSpan.FromSeconds(60)).ShouldBeTrue();
            // The one that left the session is nobody's to wait for, and is in the cgroup until it is gone.
            SpinWait.SpinUntil(() => File.ReadAllLines(Path.Combine(folder, "cgroup.procs")).Length == 1, TimeSpan.FromSeconds(60)).ShouldBeTrue();
            File.ReadAllLines(Path.Combine(folder, "cgroup.procs")).ShouldBe([$"{other.Id}"]);
            other.HasExited.ShouldBeFalse();
        }
        finally
        {
            tree.RemoveAll();
        }
    }
}
